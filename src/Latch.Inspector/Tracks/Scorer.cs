using Latch.Anomaly;

namespace Latch.Inspector.Tracks;

/// <summary>Scores a track's samples against the forecasts made one step before, and keeps the alarms.</summary>
internal sealed class Scorer
{
    private const int MostAlarms = 1000;

    private readonly StreamScorer _scorer;
    private readonly long _start;
    private readonly Queue<Alarm> _ended = [];

    public Scorer(InspectedModel inspected, long start)
    {
        (_scorer, _start) = (new StreamScorer(inspected.Profile!, inspected.AlarmsPerHour, inspected.Model.Channels), start);
        FirstScored = start + inspected.Profile!.Settings.WarmUp;
    }

    public double Threshold => _scorer.Detector.Threshold;

    /// <summary>The first step after the detector's warm-up.</summary>
    public long FirstScored { get; }

    /// <summary>Alarms in order of their start, the last 1,000; one that lasts is the last of them. Steps are the session's.</summary>
    public IReadOnlyList<Alarm> Alarms => _scorer.Detector.InAlarm ? [.. _ended, Number(_scorer.Detector.Alarm)] : [.. _ended];

    public double Step(ReadOnlySpan<float> sample, ReadOnlySpan<float> forecast)
    {
        double score = _scorer.Step(sample[.._scorer.Profile.Channels.Count], forecast, out bool ended);
        if (ended)
            _ended.Enqueue(Number(_scorer.Detector.Alarm));
        if (_ended.Count > MostAlarms)
            _ended.Dequeue();
        return score;
    }

    /// <summary>Name of the channel an alarm is about.</summary>
    public string Channel(Alarm alarm) => _scorer.Channel(alarm);

    private Alarm Number(Alarm alarm) => alarm with { Start = _start + alarm.Start, End = _start + alarm.End, PeakStep = _start + alarm.PeakStep };
}
