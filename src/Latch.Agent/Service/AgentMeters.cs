using System.Diagnostics.Metrics;
using Latch.Agent.Loop;

namespace Latch.Agent.Service;

/// <summary>
/// The meter "Latch.Agent". Counters are read from the loop's own when they are asked for: each is there from the start, with 0, so that the first fault or alarm is an increase.
/// </summary>
internal sealed class AgentMeters : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string Name = "Latch.Agent";

    private static readonly KeyValuePair<string, object?>[] s_kinds = [.. FaultCounts.Names.Select(static name => new KeyValuePair<string, object?>("kind", name))];

    private readonly Meter _meter = new(Name);
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _jitter;
    private long _missed;

    /// <param name="counters">What the loop did.</param>
    /// <param name="faults">Sensor faults.</param>
    /// <param name="mqttDropped">What was not published; null where nothing is.</param>
    public AgentMeters(LoopCounters counters, FaultCounts faults, Func<long?> mqttDropped)
    {
        _duration = _meter.CreateHistogram<double>("latch.agent.step.duration", "s", "Time of a step with its score.");
        _jitter = _meter.CreateHistogram<double>("latch.agent.jitter", "s", "How late the loop woke for a step.");
        _meter.CreateObservableCounter("latch.agent.steps", () => counters.Steps, "{step}", "Steps taken.");
        _meter.CreateObservableCounter("latch.agent.deadlines.missed", () => Volatile.Read(ref _missed), "{deadline}", "Steps left out because the one before lasted.");
        _meter.CreateObservableCounter("latch.agent.faults", () => s_kinds.Select((kind, at) => new Measurement<long>(faults.Times((FaultKind)at), kind)), "{fault}", "Times a sensor fault began, by kind.");
        _meter.CreateObservableCounter("latch.agent.alarms", () => counters.Alarms, "{alarm}", "Alarms that began.");
        _meter.CreateObservableCounter("latch.agent.missing", () => counters.Missing, "{reading}", "Readings that were missing.");
        _meter.CreateObservableCounter("latch.mqtt.dropped", () => Known(mqttDropped()), "{message}", "Reports and messages that were not published and are given up.");
        // Without a unit: "1" would make them ratios in Prometheus.
        _meter.CreateObservableGauge("latch.agent.score", () => Finite(counters.Score), null, "Anomaly score of the last step, -log10 of a probability.");
        _meter.CreateObservableGauge("latch.agent.fault", () => s_kinds.Select((kind, at) => new Measurement<int>(faults.IsPresent((FaultKind)at) ? 1 : 0, kind)), null, "1 while a sensor fault is present, by kind.");
        _meter.CreateObservableGauge("latch.agent.alarm", () => counters.IsAlarm ? 1 : 0, null, "1 while an alarm lasts.");
    }

    /// <summary>A step was taken.</summary>
    public void Step(long nanoseconds) => _duration.Record(nanoseconds / 1e9);

    /// <summary>A point of the grid has passed.</summary>
    public void Point(long jitter, long missed)
    {
        _jitter.Record(jitter / 1e9);
        Volatile.Write(ref _missed, missed);
    }

    public void Dispose() => _meter.Dispose();

    // A gauge without a score has no measurement.
    private static IEnumerable<Measurement<double>> Finite(double value) => double.IsFinite(value) ? [new Measurement<double>(value)] : [];

    private static IEnumerable<Measurement<long>> Known(long? value) => value is { } known ? [new Measurement<long>(known)] : [];
}
