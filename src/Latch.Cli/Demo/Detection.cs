using Latch.Anomaly;
using Latch.Cli.Data;
using Latch.Cli.Models;
using Latch.Model;

namespace Latch.Cli.Demo;

/// <summary>Scores and alarms over the test recording, by one kind of forecast.</summary>
/// <param name="Scores">One per row.</param>
/// <param name="Threshold">The score at which an alarm starts.</param>
/// <param name="Alarms">From start to end.</param>
/// <param name="Evaluation">Held against the labels.</param>
internal sealed record Detection(IReadOnlyList<double> Scores, double Threshold, IReadOnlyList<Alarm> Alarms, AlarmEvaluation Evaluation)
{
    /// <summary>Learns from the training recording, then watches the test recording.</summary>
    /// <param name="inputs">Recordings, channels and labels.</param>
    /// <param name="trainForecasts">One normalised forecast per training row.</param>
    /// <param name="testForecasts">One normalised forecast per test row.</param>
    public static Detection Run(DemoInputs inputs, float[] trainForecasts, float[] testForecasts)
    {
        int width = inputs.Channels.Count;
        AnomalyProfile profile = AlarmWatch.Fit(inputs.Train.Source, inputs.Channels, width, inputs.SampleRate, inputs.Train.Rows, trainForecasts);
        AlarmWatch watch = new(profile, DemoInputs.AlarmsPerHour, inputs.Channels);
        double[] scores = new double[inputs.Test.Rows.Count];
        for (int row = 0; row < scores.Length; row++)
            scores[row] = watch.Step(inputs.Test.Rows[row], testForecasts.AsSpan(row * width, width));
        watch.Finish();
        return new Detection(scores, watch.Detector.Threshold, watch.Alarms, AlarmEvaluation.Evaluate(watch.Alarms, inputs.Labels, scores.Length, inputs.SampleRate));
    }
}

/// <summary>What both models of the demo see.</summary>
/// <param name="Channels">The models' channels.</param>
/// <param name="SampleRate">Samples per second, in Hz.</param>
/// <param name="Normaliser">From readings to the models' unit.</param>
/// <param name="Train">Ordinary work.</param>
/// <param name="Test">Work with faults.</param>
/// <param name="Labels">The faults.</param>
internal sealed record DemoInputs(
    IReadOnlyList<Channel> Channels, double SampleRate, Normaliser Normaliser, Recording Train, Recording Test, IReadOnlyList<FaultLabel> Labels)
{
    /// <summary>The rate of alarms on ordinary data that the threshold is set for.</summary>
    public const double AlarmsPerHour = 1;

    /// <exception cref="CommandException">A file cannot be read.</exception>
    public static DemoInputs Read(Samples samples, CancellationToken cancellation)
    {
        ChannelsFile channels = ChannelsFile.Read(samples.Channels);
        string[] names = [.. channels.Channels.Select(channel => channel.Name)];
        IReadOnlyList<Recording> recordings = Recordings.Read([samples.Train, samples.Test], names, names.Length, MissingReadings.Keep, cancellation);
        IReadOnlyList<FaultLabel> labels;
        try
        {
            labels = FaultLabel.Load(samples.Labels);
        }
        catch (AnomalyProfileException exception)
        {
            throw CommandException.BadInput(exception.Message);
        }

        Normaliser normaliser = new(channels.ToModel());
        return new DemoInputs(channels.ToModel(), channels.SampleRate, normaliser, recordings[0], recordings[1], labels);
    }
}
