using Latch.Cli.Models;
using Latch.Cli.Output;

namespace Latch.Cli.Demo;

/// <summary>What the demo found, and the table it ends with.</summary>
internal sealed record DemoResult(DemoInputs Inputs, IReadOnlyList<DemoModel> Models, string Folder, string Report)
{
    public IReadOnlyList<string> Headers => ["figure", .. Models.SelectMany(model => new[] { $"{model.Name} int8", $"{model.Name} float" })];

    /// <summary>One row per figure, one column per model, int8 first, then float.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Rows() =>
    [
        Row("size of the model (float: weights)", model => Figures.Bytes(model.LatchBytes), model => Figures.Bytes(model.FloatBytes)),
        Row("int8 against float, SQNR", model => $"{Figures.Decibels(model.Error.SqnrDb)} dB", _ => "-"),
        Row("rms difference (1 = one deviation)", model => Figures.Number(model.Error.RmsDifference), _ => "-"),
        Row("largest difference", model => Figures.Number(model.Error.LargestDifference), _ => "-"),
        Row($"faults found of {Inputs.Labels.Count}", model => $"{model.Integer.Evaluation.Found}", model => $"{model.Float.Evaluation.Found}"),
        Row("faults missed", model => $"{model.Integer.Evaluation.Missed}", model => $"{model.Float.Evaluation.Missed}"),
        Row("false alarms", model => $"{model.Integer.Evaluation.FalseAlarms.Count}", model => $"{model.Float.Evaluation.FalseAlarms.Count}"),
        Row("median delay", model => Figures.Seconds(model.Integer.Evaluation.MedianDelay), model => Figures.Seconds(model.Float.Evaluation.MedianDelay)),
        Row("memory half-life, median unit", model => HalfLife(model, 0.5), _ => "-"),
        Row("memory half-life, longest unit", model => HalfLife(model, 1), _ => "-"),
        Row("one step here", model => $"{Figures.Fixed(model.MicrosecondsPerStep, 1)} us", _ => "-"),
    ];

    public object Document() => new
    {
        report = Report,
        folder = Folder,
        trainSteps = Inputs.Train.Rows.Count,
        testSteps = Inputs.Test.Rows.Count,
        faults = Inputs.Labels.Count,
        alarmsPerHourSetFor = DemoInputs.AlarmsPerHour,
        models = Models.Select(model => new
        {
            model.Name,
            file = model.LatchPath,
            floatWeightBytes = model.FloatBytes,
            latchBytes = model.LatchBytes,
            sqnrDb = model.Error.SqnrDb,
            rmsDifference = model.Error.RmsDifference,
            largestAbsoluteDifference = model.Error.LargestDifference,
            int8 = Document(model.Integer),
            @float = Document(model.Float),
            halfLifeSeconds = new { median = Quantile(model, 0.5) / Inputs.SampleRate, longest = Quantile(model, 1) / Inputs.SampleRate },
        }),
    };

    private static object Document(Detection detection) => new
    {
        detection.Evaluation.Found,
        detection.Evaluation.Missed,
        falseAlarms = detection.Evaluation.FalseAlarms.Count,
        detection.Threshold,
        medianDelaySeconds = double.IsFinite(detection.Evaluation.MedianDelay) ? detection.Evaluation.MedianDelay : (double?)null,
    };

    private IReadOnlyList<string> Row(string name, Func<DemoModel, string> integer, Func<DemoModel, string> floating) =>
        [name, .. Models.SelectMany(model => new[] { integer(model), floating(model) })];

    private string HalfLife(DemoModel model, double quantile) => Figures.Seconds(Quantile(model, quantile) / Inputs.SampleRate);

    private static double Quantile(DemoModel model, double quantile)
    {
        double[] lives = [.. model.Layers.SelectMany(layer => layer.HalfLives()).Order()];
        return lives[(int)(quantile * (lives.Length - 1))];
    }
}
