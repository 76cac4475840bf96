namespace Latch.Agent.Loop;

/// <summary>The points in time at which steps are due: start + n / rate, a grid that does not move.</summary>
/// <remarks>A step that is not done before the next one is due has missed it: the missed points are counted and left out.</remarks>
internal sealed class StepGrid
{
    // A stop and the watchdog are looked at this often while the loop sleeps.
    private const long LongestSleep = 100_000_000;

    private readonly ILoopClock _clock;
    private readonly double _rate;
    private readonly long _start;
    private long _point = -1;
    private long _missed;

    /// <param name="clock">The clock.</param>
    /// <param name="rate">Steps per second, above zero.</param>
    public StepGrid(ILoopClock clock, double rate) => (_clock, _rate, _start, Period) = (clock, rate, clock.Now, (long)(1e9 / rate));

    /// <summary>Nanoseconds from one point to the next.</summary>
    public long Period { get; }

    /// <summary>How late the loop woke, in nanoseconds.</summary>
    public Histogram Jitter { get; } = new();

    /// <summary>Points at which no step was taken because the one before lasted.</summary>
    public long Missed => Volatile.Read(ref _missed);

    /// <summary>Lateness of the last point, in nanoseconds.</summary>
    public long LastJitter { get; private set; }

    /// <summary>Sleeps until the next point.</summary>
    /// <param name="idle">Called before each part of the sleep; false ends it.</param>
    /// <returns>False when <paramref name="idle"/> ended the sleep.</returns>
    public bool WaitForNext(Func<bool> idle)
    {
        long next = _point + 1, now = _clock.Now;
        if (now >= Due(next + 1))
        {
            // The last point that has passed is still taken, late; those before it are missed.
            long passed = Math.Max(next, (long)Math.Floor((now - _start) / 1e9 * _rate));
            Volatile.Write(ref _missed, _missed + passed - next);
            next = passed;
        }

        _point = next;
        long due = Due(next);
        while (true)
        {
            if (!idle())
                return false;
            now = _clock.Now;
            if (now >= due)
                break;
            _clock.SleepUntil(Math.Min(due, now + LongestSleep));
        }

        LastJitter = now - due;
        Jitter.Add(LastJitter);
        return true;
    }

    // From the number of the point, not from the point before: rounding does not add up.
    private long Due(long point) => _start + (long)(point / _rate * 1e9);
}
