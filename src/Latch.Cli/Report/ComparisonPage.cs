using Latch.Cli.Models;
using Latch.Cli.Output;
using Latch.Runtime;

namespace Latch.Cli.Report;

/// <summary>The report of a comparison.</summary>
internal static class ComparisonPage
{
    private const int PlottedValues = 3;

    public static Html Build(ComparisonResult result)
    {
        IReadOnlyList<OutputError> errors = result.Outputs.Errors();
        string runs = result.Mode.IsStream ? "steps" : "windows";
        Html page = new($"{result.OnnxName}: int8 against float", $"{result.LatchName} in integer arithmetic against {result.FloatSide} in float, {result.Outputs.Integers.Count} {runs} ({result.Mode}).");
        page.Cards(
            ($"{Figures.Decibels(errors.Min(error => error.SqnrDb))} dB", "signal-to-noise ratio of the worst output"),
            (Figures.Number(errors.Max(error => error.LargestDifference)), "largest absolute difference"),
            (Figures.Bytes(result.LatchBytes), $"int8 file, {Figures.Fixed(result.SizeRatio, 3)} of the float weights"),
            (Figures.Bytes(result.FloatWeightBytes), "float weights"));
        AppendOutputs(page, result, errors, runs);
        InnerSection.Append(page, result.Inner);
        foreach (LayerWatch layer in result.Layers)
            GateSection.Append(page, layer, 1, "step");
        return page;
    }

    private static void AppendOutputs(Html page, ComparisonResult result, IReadOnlyList<OutputError> errors, string runs)
    {
        page.Section("Outputs").Table("Difference of the outputs", ["output", "SQNR dB", "mean |diff|", "rms diff", "largest |diff|", "bias", "float rms"], errors.Select(error => new[]
        {
            error.Name, Figures.Decibels(error.SqnrDb), Figures.Number(error.MeanDifference), Figures.Number(error.RmsDifference),
            Figures.Number(error.LargestDifference), Figures.Number(error.Bias), Figures.Number(error.FloatRms),
        }));
        IReadOnlyList<string> names = IntegerRun.ResultNames(result.Outputs.Outputs);
        for (int value = 0; value < Math.Min(PlottedValues, names.Count); value++)
            page.Chart(Output(result.Outputs, names[value], value, runs));
        double[] error = result.Outputs.ErrorOverTime();
        page.Chart(new LineChart
        {
            Title = "Error over time",
            Description = $"Largest absolute difference of each run; between {Axis.Text(error.Min())} and {Axis.Text(error.Max())}.",
            Lines = [new ChartLine("largest |int8 - float|", error, 2)],
            XLabel = runs,
            Height = 160,
        });
        page.Table($"Worst {runs}", [runs.TrimEnd('s'), "output", "value", "float", "int8", "|diff|"], result.Outputs.Worst(10).Select(worst => new[]
        {
            $"{worst.Run}", worst.Output, $"{worst.Index}", Figures.Number(worst.Float), Figures.Number(worst.Integer), Figures.Number(worst.Error),
        }));
    }

    private static LineChart Output(OutputComparison outputs, string name, int value, string runs) => new()
    {
        Title = $"Output {name}",
        Description = "The int8 and the float output over all runs; where only one line is visible they lie on top of each other.",
        Lines = [new ChartLine("float", [.. outputs.Floats.Select(result => (double)result[value])], 2), new ChartLine("int8", [.. outputs.Integers.Select(result => (double)result[value])], 1)],
        XLabel = runs,
    };
}
