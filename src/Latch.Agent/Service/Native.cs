using System.Runtime.InteropServices;

namespace Latch.Agent.Service;

/// <summary>The few calls to the C library that .NET has no name for.</summary>
internal static partial class Native
{
    private const int ClockMonotonic = 1, TimerAbsolute = 1, Interrupted = 4;

    /// <summary>Nanoseconds of CLOCK_MONOTONIC.</summary>
    public static long Monotonic()
    {
        ClockGetTime(ClockMonotonic, out TimeSpec time);
        return (time.Seconds * 1_000_000_000L) + time.Nanoseconds;
    }

    /// <summary>Sleeps until an absolute time of CLOCK_MONOTONIC, also when signals come in between.</summary>
    public static void SleepUntil(long nanoseconds)
    {
        TimeSpec until = new() { Seconds = nanoseconds / 1_000_000_000L, Nanoseconds = nanoseconds % 1_000_000_000L };
        while (ClockNanoSleep(ClockMonotonic, TimerAbsolute, in until, 0) == Interrupted)
        {
            // The time is absolute: sleeping again loses nothing.
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, out TimeSpec time);

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    private static partial int ClockNanoSleep(int clock, int flags, in TimeSpec request, nint remain);

    // 64-bit Linux: both are long.
    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}

/// <summary>CLOCK_MONOTONIC with absolute sleeps: what a sleep takes too long does not add up.</summary>
internal sealed class MonotonicClock : Loop.ILoopClock
{
    public long Now => Native.Monotonic();

    public void SleepUntil(long time) => Native.SleepUntil(time);
}
