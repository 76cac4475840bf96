namespace Latch.Telemetry.Recordings;

/// <summary>What is wrong with a part of a recording.</summary>
public enum RecordingFlaw
{
    /// <summary>A segment's number is missing: it was rotated away or deleted.</summary>
    MissingSegment,

    /// <summary>Steps between two segments were dropped when they were recorded, or the session was changed.</summary>
    Gap,

    /// <summary>A segment ends within a chunk, as after a power cut. What stands before is whole.</summary>
    Torn,

    /// <summary>Bytes of a segment are others than were written. What stands before is whole; the rest of the segment is skipped.</summary>
    Damaged,
}

/// <summary>A part of a recording that is not there or not whole.</summary>
/// <param name="Flaw">What is wrong.</param>
/// <param name="Text">What, where, and how the replay went on.</param>
public sealed record RecordingRemark(RecordingFlaw Flaw, string Text);
