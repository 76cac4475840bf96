using Latch.Anomaly;
using Latch.Model;

namespace Latch.Inspector.Tracks;

/// <summary>Scores a track's samples against the forecasts made one step before, and keeps the alarms.</summary>
internal sealed class Scorer
{
    private const int MostAlarms = 1000;

    private readonly AnomalyDetector _detector;
    private readonly IReadOnlyList<Channel> _model;
    private readonly IReadOnlyList<string> _channels;
    private readonly float[] _observed;
    private readonly long _start;
    private readonly Queue<Alarm> _ended = [];

    public Scorer(InspectedModel inspected, long start)
    {
        _detector = new AnomalyDetector(inspected.Profile!, inspected.AlarmsPerHour);
        (_model, _channels, _start) = (inspected.Model.Channels, inspected.Profile!.Channels, start);
        _observed = new float[_channels.Count];
        FirstScored = start + inspected.Profile.Settings.WarmUp;
    }

    public double Threshold => _detector.Threshold;

    /// <summary>The first step after the detector's warm-up.</summary>
    public long FirstScored { get; }

    /// <summary>Alarms in order of their start, the last 1,000; one that lasts is the last of them. Steps are the session's.</summary>
    public IReadOnlyList<Alarm> Alarms => _detector.InAlarm ? [.. _ended, Number(_detector.Alarm)] : [.. _ended];

    public double Step(ReadOnlySpan<float> sample, ReadOnlySpan<float> forecast)
    {
        for (int channel = 0; channel < _observed.Length; channel++)
            _observed[channel] = channel < _model.Count ? _model[channel].Normalise(sample[channel]) : sample[channel];
        double score = _detector.Step(_observed, forecast, out bool ended);
        if (ended)
            _ended.Enqueue(Number(_detector.Alarm));
        if (_ended.Count > MostAlarms)
            _ended.Dequeue();
        return score;
    }

    /// <summary>Name of the channel an alarm is about.</summary>
    public string Channel(Alarm alarm) => _channels[alarm.Channel];

    private Alarm Number(Alarm alarm) => alarm with { Start = _start + alarm.Start, End = _start + alarm.End, PeakStep = _start + alarm.PeakStep };
}
