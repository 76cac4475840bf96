namespace Latch.Anomaly;

/// <summary>Turns a series of scores into alarms with a start and an end.</summary>
internal struct AlarmState(double threshold, double release, int hold)
{
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
            if (score >= threshold)
            {
                Active = true;
                _quiet = 0;
                _alarm = new(step, step + 1, channel, reason, score, step);
            }

            return false;
        }

        if (score > _alarm.PeakScore)
            _alarm = _alarm with { Channel = channel, Reason = reason, PeakScore = score, PeakStep = step };
        _quiet = score >= release ? 0 : _quiet + 1;
        if (_quiet == 0)
            _alarm = _alarm with { End = step + 1 };
        Active = _quiet < hold;
        return !Active;
    }
}
