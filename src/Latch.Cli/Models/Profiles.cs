using Latch.Anomaly;
using Latch.Cli.Data;
using Latch.Runtime;

namespace Latch.Cli.Models;

/// <summary>Profiles of models that forecast their own channels.</summary>
internal static class Profiles
{
    /// <summary>Learns the usual residuals of a model from ordinary data.</summary>
    /// <exception cref="CommandException">The data cannot be read, do not fit or are too few.</exception>
    public static AnomalyProfile Learn(IReadOnlyList<string> train, LatchModel model, double rate, DetectorSettings? settings, CancellationToken cancellation)
    {
        IReadOnlyList<Recording> recordings = Recordings.Read(
            train, [.. model.Channels.Select(channel => channel.Name)], model.InputSize, MissingReadings.Keep, cancellation);
        NoGateProbe none = default;
        List<float[]> rows = [];
        List<float> forecasts = [];
        foreach (Recording recording in recordings)
        {
            rows.AddRange(recording.Rows);
            forecasts.AddRange(Forecaster.ByIntegers(model, recording.Rows, ref none, cancellation));
        }

        return AlarmWatch.Fit(recordings[0].Source, model.Channels, model.InputSize, rate, rows, [.. forecasts], settings);
    }

    /// <summary>Reads a profile that was learnt before.</summary>
    /// <exception cref="CommandException">The file cannot be read, or belongs to another model.</exception>
    public static AnomalyProfile Load(string path, LatchModel model)
    {
        AnomalyProfile profile;
        try
        {
            profile = AnomalyProfile.Load(path);
        }
        catch (AnomalyProfileException exception)
        {
            throw CommandException.BadInput(exception.Message);
        }

        return StreamScorer.Misfit(profile, model.Channels, model.InputSize) is { } misfit
            ? throw CommandException.BadInput($"{path}: {misfit}. Learn a profile for this model with --train.")
            : profile;
    }
}
