using System.Diagnostics.Metrics;

namespace Latch.Metrics.Tests;

/// <summary>One instrument of each kind, with known values, on a meter of the test's own.</summary>
internal sealed class Instruments : IDisposable
{
    private readonly Meter _meter;

    public Instruments()
    {
        Name = "Test." + Guid.NewGuid().ToString("N");
        _meter = new Meter(Name);
        Steps = _meter.CreateCounter<long>("latch.agent.steps", "{step}", "Steps taken.");
        Faults = _meter.CreateCounter<long>("latch.agent.faults", "{fault}");
        Duration = _meter.CreateHistogram<double>("latch.agent.step.duration", "s");
        _meter.CreateObservableGauge("latch.agent.score", () => Score);
        _meter.CreateObservableGauge("latch.gate.saturation", () => new Measurement<double>(0.25, new KeyValuePair<string, object?>("latch.layer", "a\"b\\c\nd")), "1");
        _meter.CreateObservableUpDownCounter("latch.waiting", () => -3);
    }

    public string Name { get; }

    public double Score { get; set; } = 1.5;

    public Counter<long> Steps { get; }

    public Counter<long> Faults { get; }

    public Histogram<double> Duration { get; }

    public static MetricsResource Resource => new() { Instance = "pump-7", Model = "pump", ModelVersion = 3, Target = "pi-4", Version = "1.2.0" };

    /// <summary>1000 steps, 3 faults of two kinds, durations of 3 ms, 30 ms and 3 s.</summary>
    public void Measure()
    {
        Steps.Add(1000);
        Faults.Add(1, new KeyValuePair<string, object?>("kind", "stuck"));
        Faults.Add(2, new KeyValuePair<string, object?>("kind", "timeout"));
        Duration.Record(0.003);
        Duration.Record(0.03);
        Duration.Record(3);
    }

    public void Dispose() => _meter.Dispose();
}
