namespace Latch.Agent.Loop;

/// <summary>What the loop has done. The loop writes; any thread reads.</summary>
internal sealed class LoopCounters
{
    private const int Minutes = 60;

    private readonly int[] _alarmsByMinute = new int[Minutes];
    private long _steps;
    private long _skipped;
    private long _resets;
    private long _alarms;
    private long _scored;
    private long _inAlarm;
    private long _missing;
    private long _lastMinute;
    private double _score = double.NaN;
    private double _threshold = double.NaN;
    private bool _alarm;

    /// <summary>Time of a step with its score, in nanoseconds.</summary>
    public Histogram StepTime { get; } = new();

    /// <summary>Steps taken since the agent was started.</summary>
    public long Steps => Volatile.Read(ref _steps);

    /// <summary>Points of the grid left out by a fault's policy.</summary>
    public long Skipped => Volatile.Read(ref _skipped);

    /// <summary>Times the session was reset by a fault's policy.</summary>
    public long Resets => Volatile.Read(ref _resets);

    /// <summary>Alarms that began.</summary>
    public long Alarms => Volatile.Read(ref _alarms);

    /// <summary>Steps after the warm-up of the scores.</summary>
    public long Scored => Volatile.Read(ref _scored);

    /// <summary>Of these, steps in alarm.</summary>
    public long InAlarm => Volatile.Read(ref _inAlarm);

    /// <summary>Readings that were missing.</summary>
    public long Missing => Volatile.Read(ref _missing);

    /// <summary>Score of the last step; NaN when nothing is scored.</summary>
    public double Score => Volatile.Read(ref _score);

    /// <summary>Score at which an alarm starts; NaN when nothing is scored.</summary>
    public double Threshold => Volatile.Read(ref _threshold);

    /// <summary>Whether an alarm lasts.</summary>
    public bool IsAlarm => Volatile.Read(ref _alarm);

    /// <summary>Alarms that began within the last hour.</summary>
    /// <param name="now">The loop's clock, in nanoseconds.</param>
    public int AlarmsInLastHour(long now)
    {
        long behind = (now / 60_000_000_000) - Volatile.Read(ref _lastMinute);
        int sum = 0;
        for (long age = behind; age < Minutes; age++)
            sum += Volatile.Read(ref _alarmsByMinute[(int)((_lastMinute + behind - age + (2 * Minutes)) % Minutes)]);
        return sum;
    }

    /// <summary>Loop: a step.</summary>
    /// <param name="sample">The sample, to count what is missing.</param>
    public void Step(ReadOnlySpan<float> sample)
    {
        Volatile.Write(ref _steps, _steps + 1);
        foreach (float reading in sample)
            if (!float.IsFinite(reading))
                Volatile.Write(ref _missing, _missing + 1);
    }

    /// <summary>Loop: a score.</summary>
    /// <param name="began">Whether an alarm began.</param>
    public void Take(double score, double threshold, bool warm, bool alarm, bool began, long now)
    {
        Volatile.Write(ref _score, score);
        Volatile.Write(ref _threshold, threshold);
        Volatile.Write(ref _alarm, alarm);
        Volatile.Write(ref _scored, _scored + (warm ? 1 : 0));
        Volatile.Write(ref _inAlarm, _inAlarm + (warm && alarm ? 1 : 0));
        Pass(now / 60_000_000_000);
        if (!began)
            return;
        Volatile.Write(ref _alarms, _alarms + 1);
        _alarmsByMinute[(int)(_lastMinute % Minutes)]++;
    }

    /// <summary>Loop: nothing is scored until the next score, and no alarm lasts.</summary>
    public void Unscored()
    {
        Volatile.Write(ref _score, double.NaN);
        Volatile.Write(ref _threshold, double.NaN);
        Volatile.Write(ref _alarm, false);
    }

    /// <summary>Loop: a point of the grid without a step.</summary>
    public void Skip() => Volatile.Write(ref _skipped, _skipped + 1);

    /// <summary>Loop: the session forgot its past.</summary>
    public void Reset() => Volatile.Write(ref _resets, _resets + 1);

    private void Pass(long minute)
    {
        for (long next = Math.Max(_lastMinute + 1, minute - Minutes + 1); next <= minute; next++)
            Volatile.Write(ref _alarmsByMinute[(int)(next % Minutes)], 0);
        Volatile.Write(ref _lastMinute, minute);
    }
}
