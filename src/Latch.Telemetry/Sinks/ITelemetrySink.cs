namespace Latch.Telemetry.Sinks;

/// <summary>
/// Takes records, on the writing thread of one <see cref="TelemetryQueue"/>. It may be slow, block or throw: the queue keeps that from the steps. Disposing it completes
/// what it wrote.
/// </summary>
public interface ITelemetrySink : IDisposable
{
    /// <summary>What messages call it.</summary>
    string Name { get; }

    /// <summary>Takes records in the order of their steps. One that throws has taken none of them.</summary>
    /// <param name="records">Valid during the call only.</param>
    void Write(ReadOnlySpan<TelemetryRecord> records);
}
