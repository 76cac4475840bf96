using Latch.Agent.Loop;

namespace Latch.Agent.Tests;

/// <summary>A clock that stands still until somebody sleeps.</summary>
internal sealed class ManualClock : ILoopClock
{
    public long Now { get; set; } = 1_000_000_000_000;

    /// <summary>How late a sleeper wakes, in nanoseconds.</summary>
    public long Late { get; set; }

    public void SleepUntil(long time) => Now = Math.Max(Now, time + Late);
}
