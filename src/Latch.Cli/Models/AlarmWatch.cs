using Latch.Anomaly;
using Latch.Cli.Data;
using Latch.Model;

namespace Latch.Cli.Models;

/// <summary>Scores a series against its forecasts, step by step, and collects the alarms.</summary>
/// <param name="profile">What was learnt in training.</param>
/// <param name="alarmsPerHour">The rate the threshold is set for.</param>
/// <param name="channels">Normalisation of the readings; empty for readings that are normalised already.</param>
internal sealed class AlarmWatch(AnomalyProfile profile, double alarmsPerHour, IReadOnlyList<Channel> channels)
{
    private readonly StreamScorer _scorer = new(profile, alarmsPerHour, channels);

    /// <summary>Alarms that ended.</summary>
    public List<Alarm> Alarms { get; } = [];

    public AnomalyDetector Detector => _scorer.Detector;

    /// <summary>Scores one row of raw readings.</summary>
    /// <param name="row">The readings; NaN where missing.</param>
    /// <param name="forecast">The normalised forecast of this row; NaN where there is none.</param>
    public double Step(ReadOnlySpan<float> row, ReadOnlySpan<float> forecast)
    {
        double score = _scorer.Step(row, forecast, out bool ended);
        if (ended)
            Alarms.Add(Detector.Alarm);
        return score;
    }

    /// <summary>Ends the series: an alarm that lasts is counted up to here.</summary>
    public void Finish()
    {
        if (Detector.InAlarm)
            Alarms.Add(Detector.Alarm);
    }

    /// <summary>An alarm in words.</summary>
    public string Describe(Alarm alarm) => _scorer.Describe(alarm);

    /// <summary>One alarm of a document.</summary>
    public object ToJson(Alarm alarm) => new { alarm.Start, alarm.End, alarm.PeakScore, alarm.PeakStep, alarm.Reason, channel = _scorer.Channel(alarm) };

    /// <summary>Learns a profile from raw training rows and their forecasts.</summary>
    /// <exception cref="CommandException">The training data are too few.</exception>
    public static AnomalyProfile Fit(
        string source, IReadOnlyList<Channel> channels, int channelCount, double sampleRate, IReadOnlyList<float[]> rows, float[] forecasts, DetectorSettings? settings = null)
    {
        Normaliser normaliser = new(channels);
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
