using Latch.Cli.Output;
using Latch.Quantize.Report;

namespace Latch.Cli.Report;

/// <summary>Signal-to-noise ratios of tensors, gates and states.</summary>
internal static class QuantitySection
{
    public static void Append(Html page, IReadOnlyList<QuantityError> quantities)
    {
        page.Section("Inside the model", "Each quantity of the integer model against the float reference, in the order of the data. "
            + "Where the ratio drops from one line to the next, accuracy is lost.");
        page.Table("Tensors", Headers("tensor"), quantities.Where(error => error.Kind == QuantityKind.Tensor).Select(Row));
        page.Table("Gates and states", Headers("gate or state"), quantities.Where(error => error.Kind != QuantityKind.Tensor).Select(Row));
    }

    private static string[] Headers(string first) => [first, "SQNR dB", "rms diff", "largest |diff|", "float rms"];

    private static string[] Row(QuantityError error) =>
    [
        error.Name, Figures.Decibels(error.SqnrDb), Figures.Number(error.RmsDifference), Figures.Number(error.LargestDifference), Figures.Number(error.FloatRms),
    ];
}
