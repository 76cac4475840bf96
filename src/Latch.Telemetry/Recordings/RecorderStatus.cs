namespace Latch.Telemetry.Recordings;

/// <summary>What became of the steps that were offered to a recorder. Written + Dropped + Pending = Offered.</summary>
/// <param name="Offered">Steps offered.</param>
/// <param name="Written">Steps on the disk.</param>
/// <param name="Dropped">Steps lost: no room in the queue, or the disk failed.</param>
/// <param name="Failures">Times the disk failed.</param>
/// <param name="LastError">Message of the last failure; null without one.</param>
/// <param name="Segments">Segments begun.</param>
/// <param name="SegmentsDeleted">Oldest segments deleted to keep within the limit.</param>
/// <param name="BytesWritten">Bytes written in all.</param>
/// <param name="DiskBytes">Bytes of all segments in the folder.</param>
public sealed record RecorderStatus(
    long Offered, long Written, long Dropped, long Failures, string? LastError, long Segments, long SegmentsDeleted, long BytesWritten, long DiskBytes)
{
    /// <summary>Steps still in memory; 0 after the recorder was disposed.</summary>
    public long Pending => Offered - Written - Dropped;
}
