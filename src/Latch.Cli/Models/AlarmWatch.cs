using Latch.Anomaly;
using Latch.Cli.Data;
using Latch.Model;

namespace Latch.Cli.Models;

/// <summary>Scores a series against its forecasts, step by step, and collects the alarms.</summary>
internal sealed class AlarmWatch
{
    private readonly AnomalyDetector _detector;
    private readonly Normaliser _normaliser;
    private readonly IReadOnlyList<string> _channels;
    private readonly float[] _observed;

    /// <param name="profile">What was learnt in training.</param>
    /// <param name="alarmsPerHour">The rate the threshold is set for.</param>
    /// <param name="normaliser">From readings to the unit of the forecasts.</param>
    public AlarmWatch(AnomalyProfile profile, double alarmsPerHour, Normaliser normaliser)
    {
        (_detector, _normaliser, _channels) = (new AnomalyDetector(profile, alarmsPerHour), normaliser, profile.Channels);
        _observed = new float[profile.Channels.Count];
    }

    /// <summary>Alarms that ended.</summary>
    public List<Alarm> Alarms { get; } = [];

    public double Threshold => _detector.Threshold;

    public bool InAlarm => _detector.InAlarm;

    /// <summary>Whether the last score was still that of the warm-up.</summary>
    public bool IsWarmingUp => _detector.IsWarmingUp;

    /// <summary>The alarm that lasts, or the last one.</summary>
    public Alarm Current => _detector.Alarm;

    public long Steps => _detector.Steps;

    public long MissingReadings => _detector.MissingReadings;

    /// <summary>Scores one row of raw readings.</summary>
    /// <param name="row">The readings; NaN where missing.</param>
    /// <param name="forecast">The normalised forecast of this row; NaN where there is none.</param>
    public double Step(ReadOnlySpan<float> row, ReadOnlySpan<float> forecast)
    {
        row.CopyTo(_observed);
        _normaliser.Apply(_observed);
        double score = _detector.Step(_observed, forecast, out bool ended);
        if (ended)
            Alarms.Add(_detector.Alarm);
        return score;
    }

    /// <summary>Ends the series: an alarm that lasts is counted up to here.</summary>
    public void Finish()
    {
        if (_detector.InAlarm)
            Alarms.Add(_detector.Alarm);
    }

    /// <summary>An alarm in words.</summary>
    public string Describe(Alarm alarm) => $"{_channels[alarm.Channel]} ({Reason(alarm.Reason)})";

    /// <summary>One alarm of a document.</summary>
    public object ToJson(Alarm alarm) => new { alarm.Start, alarm.End, alarm.PeakScore, alarm.PeakStep, alarm.Reason, channel = _channels[alarm.Channel] };

    public static string Reason(AlarmReason reason) => reason.ToString().ToLowerInvariant();

    /// <summary>Learns a profile from raw training rows and their forecasts.</summary>
    /// <exception cref="CommandException">The training data are too few.</exception>
    public static AnomalyProfile Fit(
        string source, IReadOnlyList<Channel> channels, int channelCount, double sampleRate, IReadOnlyList<float[]> rows, float[] forecasts, Normaliser normaliser, DetectorSettings? settings = null)
    {
        float[] observed = new float[forecasts.Length];
        for (int row = 0; row < rows.Count; row++)
        {
            Span<float> sample = observed.AsSpan(row * channelCount, channelCount);
            rows[row].CopyTo(sample);
            normaliser.Apply(sample);
        }

        string[] names = [.. Enumerable.Range(0, channelCount).Select(at => at < channels.Count ? channels[at].Name : $"column{at + 1}")];
        try
        {
            return AnomalyProfile.Fit(names, sampleRate, observed, forecasts, settings);
        }
        catch (ArgumentException exception)
        {
            throw CommandException.BadInput($"{source}: {exception.Message.Split(" (Parameter")[0]}");
        }
    }
}
