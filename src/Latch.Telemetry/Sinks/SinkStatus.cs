namespace Latch.Telemetry.Sinks;

/// <summary>What became of the records that were offered to a sink. Written + Dropped + Pending = Offered.</summary>
/// <param name="Name">The sink.</param>
/// <param name="Offered">Records offered.</param>
/// <param name="Written">Records the sink took.</param>
/// <param name="Dropped">Records lost: no room, in a write that failed, or after the sink was disabled.</param>
/// <param name="Failures">Times the sink threw.</param>
/// <param name="LastError">Message of the last failure; null without one.</param>
/// <param name="Disabled">True once the sink failed too often in a row and is left alone.</param>
public sealed record SinkStatus(string Name, long Offered, long Written, long Dropped, long Failures, string? LastError, bool Disabled)
{
    /// <summary>Records still waiting; 0 after the queue was disposed.</summary>
    public long Pending => Offered - Written - Dropped;
}
