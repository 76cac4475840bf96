using Latch.Telemetry.Sinks;

namespace Latch.Telemetry.Recordings;

/// <summary>How a <see cref="Recorder"/> uses its disk and memory.</summary>
public sealed record RecordingOptions
{
    /// <summary>Bytes of one segment file at most; then the next begins.</summary>
    public long SegmentBytes { get; init; } = 16 << 20;

    /// <summary>Time after which the next segment begins. At most a day.</summary>
    public TimeSpan SegmentAge { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Bytes of all segments in the folder together at most: the oldest are deleted. At least two segments.</summary>
    public long TotalBytes { get; init; } = 1 << 30;

    /// <summary>Bytes gathered before they are written, when <see cref="FlushAfter"/> does not come first: 4 KiB to 1 MiB.</summary>
    public int BlockBytes { get; init; } = 64 << 10;

    /// <summary>Time after which what was gathered is written and flushed to the disk: a power cut loses at most this much.</summary>
    public TimeSpan FlushAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Bytes of the queue between the steps and the disk: how long the disk may stand still. Made larger where two snapshots do not fit.</summary>
    public int QueueBytes { get; init; } = 256 << 10;

    /// <summary>Whether each step holds its time, 4 bytes.</summary>
    public bool Times { get; init; } = true;

    /// <summary>What a step does when the queue is full.</summary>
    public WhenFull WhenFull { get; init; } = WhenFull.Drop;

    /// <summary>How long the disk is left alone after it failed.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long <see cref="Recorder.Dispose"/> waits for a disk that does not come back.</summary>
    public TimeSpan CloseLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The clock of ages and flushes.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
