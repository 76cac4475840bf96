using Latch.Telemetry.Sinks;

namespace Latch.Telemetry.Tests.Sinks;

/// <summary>Keeps what it took; what it does before that is given.</summary>
internal sealed class TestSink(Action<int>? before = null) : ITelemetrySink
{
    private readonly List<TelemetryRecord> _records = [];

    public string Name => "test";

    public int Calls { get; private set; }

    public bool IsDisposed { get; private set; }

    public IReadOnlyList<TelemetryRecord> Records => _records;

    public void Write(ReadOnlySpan<TelemetryRecord> records)
    {
        before?.Invoke(++Calls);
        _records.AddRange(records);
    }

    public void Dispose() => IsDisposed = true;
}
