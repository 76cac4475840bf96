using System.Diagnostics.Metrics;
using Latch.Agent.Loop;

namespace Latch.Agent.Service;

/// <summary>The meter "Latch.Agent". Without a listener a measurement costs a comparison.</summary>
internal sealed class AgentMeters : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string Name = "Latch.Agent";

    private readonly Meter _meter = new(Name);
    private readonly Counter<long> _steps;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _jitter;
    private readonly Counter<long> _missed;
    private readonly Counter<long> _faults;
    private readonly Counter<long> _alarms;
    private readonly Counter<long> _missing;
    private long _missedBefore;
    private long _missingBefore;

    /// <param name="counters">What gauges show.</param>
    public AgentMeters(LoopCounters counters)
    {
        _steps = _meter.CreateCounter<long>("latch.agent.steps", "{step}", "Steps taken.");
        _duration = _meter.CreateHistogram<double>("latch.agent.step.duration", "s", "Time of a step with its score.");
        _jitter = _meter.CreateHistogram<double>("latch.agent.jitter", "s", "How late the loop woke for a step.");
        _missed = _meter.CreateCounter<long>("latch.agent.deadlines.missed", "{deadline}", "Steps left out because the one before lasted.");
        _faults = _meter.CreateCounter<long>("latch.agent.faults", "{fault}", "Times a sensor fault began, by kind.");
        _alarms = _meter.CreateCounter<long>("latch.agent.alarms", "{alarm}", "Alarms that began.");
        _missing = _meter.CreateCounter<long>("latch.agent.missing", "{reading}", "Readings that were missing.");
        _meter.CreateObservableGauge("latch.agent.score", () => Finite(counters.Score), "1", "Anomaly score of the last step, -log10 of a probability.");
        _meter.CreateObservableGauge("latch.agent.alarm", () => counters.IsAlarm ? 1 : 0, "1", "1 while an alarm lasts.");
    }

    /// <summary>A step was taken.</summary>
    public void Step(long nanoseconds, long missing)
    {
        _steps.Add(1);
        _duration.Record(nanoseconds / 1e9);
        if (missing > _missingBefore)
            _missing.Add(missing - _missingBefore);
        _missingBefore = missing;
    }

    /// <summary>A point of the grid has passed.</summary>
    public void Point(long jitter, long missed)
    {
        _jitter.Record(jitter / 1e9);
        if (missed > _missedBefore)
            _missed.Add(missed - _missedBefore);
        _missedBefore = missed;
    }

    /// <summary>A fault began.</summary>
    public void Fault(FaultKind kind) => _faults.Add(1, new KeyValuePair<string, object?>("kind", FaultCounts.Names[(int)kind]));

    /// <summary>An alarm began.</summary>
    public void Alarm() => _alarms.Add(1);

    public void Dispose() => _meter.Dispose();

    // A gauge without a score has no measurement.
    private static IEnumerable<Measurement<double>> Finite(double value) => double.IsFinite(value) ? [new Measurement<double>(value)] : [];
}
