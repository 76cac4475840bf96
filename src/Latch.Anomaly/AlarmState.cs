namespace Latch.Anomaly;

/// <summary>Turns a series of scores into alarms with a start and an end.</summary>
internal struct AlarmState(double threshold, double release, int hold)
{
    /// <summary>Doubles of <see cref="Save"/>.</summary>
    internal const int Size = 8;

    private double _threshold = threshold;
    private double _release = release;
    private Alarm _alarm;
    private int _quiet;

    /// <summary>Whether an alarm lasts.</summary>
    internal bool Active { get; private set; }

    /// <summary>The alarm that lasts, or the last one.</summary>
    internal readonly Alarm Current => _alarm;

    /// <summary>Takes one score; true when an alarm ended with this step, which <see cref="Current"/> then describes.</summary>
    internal bool Step(double score, int channel, AlarmReason reason, long step)
    {
        if (!Active)
        {
            if (score >= _threshold)
            {
                Active = true;
                _quiet = 0;
                _alarm = new(step, step + 1, channel, reason, score, step);
            }

            return false;
        }

        if (score > _alarm.PeakScore)
            _alarm = _alarm with { Channel = channel, Reason = reason, PeakScore = score, PeakStep = step };
        _quiet = score >= _release ? 0 : _quiet + 1;
        if (_quiet == 0)
            _alarm = _alarm with { End = step + 1 };
        Active = _quiet < hold;
        return !Active;
    }

    /// <summary>Sets other levels; an alarm that lasts goes on.</summary>
    internal void SetLevels(double threshold, double release) => (_threshold, _release) = (threshold, release);

    internal readonly void Save(Span<double> state)
    {
        (state[0], state[1], state[2], state[3]) = (Active ? 1 : 0, _quiet, _alarm.Start, _alarm.End);
        (state[4], state[5], state[6], state[7]) = (_alarm.Channel, (int)_alarm.Reason, _alarm.PeakScore, _alarm.PeakStep);
    }

    internal void Load(ReadOnlySpan<double> state)
    {
        (Active, _quiet) = (state[0] != 0, (int)state[1]);
        _alarm = new((long)state[2], (long)state[3], (int)state[4], (AlarmReason)(int)state[5], state[6], (long)state[7]);
    }
}
