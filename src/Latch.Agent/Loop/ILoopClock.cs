namespace Latch.Agent.Loop;

/// <summary>The monotonic clock of the loop.</summary>
internal interface ILoopClock
{
    /// <summary>Nanoseconds since some point in the past; never set back.</summary>
    long Now { get; }

    /// <summary>Sleeps until a point in time; returns at once when it has passed.</summary>
    void SleepUntil(long time);
}
