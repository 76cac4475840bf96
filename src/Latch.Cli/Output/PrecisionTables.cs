using Latch.Quantize;
using Latch.Quantize.Precision;

namespace Latch.Cli.Output;

/// <summary>Shows how <c>latch quantize --activations auto</c> came to its choices.</summary>
internal static class PrecisionTables
{
    /// <summary>Costs and steps as tables.</summary>
    public static void Write(Terminal terminal, PrecisionReport report, IReadOnlyList<TensorCost> costs)
    {
        if (costs.Count > 0)
        {
            terminal.WriteTable("What 8 bits cost, each tensor and state by itself", ["tensor or state", "of the squared error"],
                costs.Select(cost => new[] { cost.Name, Percent(cost.Share) }));
        }
        if (report.Steps.Count > 0)
        {
            terminal.WriteTable("What was tried, on held-back data", ["change", "of", "of the squared error", "extra work", "dB before", "dB after", "kept"],
                report.Steps.Select(step => new[]
                {
                    Name(step.Action), step.Target, Percent(step.Share), step.ExtraWork == 0 ? "-" : Percent(step.ExtraWork), Figures.Fixed(step.BeforeDb, 2),
                    step.AfterDb is { } after ? Figures.Fixed(after, 2) : "-", step.Kept ? "yes" : "no",
                }));
        }
        terminal.Out.WriteLine($"Precision: {report.Summary}.");
    }

    /// <summary>The same for machines.</summary>
    public static object Document(PrecisionReport report, IReadOnlyList<TensorCost> costs) => new
    {
        report.WantedDb,
        report.StartDb,
        report.ReachedDb,
        met = report.IsMet,
        costs = costs.Select(cost => new { cost.Name, cost.Share }),
        steps = report.Steps.Select(step => new { action = Name(step.Action), step.Target, step.Share, step.ExtraWork, step.BeforeDb, step.AfterDb, step.Kept }),
    };

    private static string Name(PrecisionAction action) => action switch
    {
        PrecisionAction.Widen => "16 bits",
        PrecisionAction.Narrow => "8 bits again",
        PrecisionAction.Equalise => "equalised units",
        PrecisionAction.ClipRows => "clip points",
        _ => "bias correction",
    };

    private static string Percent(double part) => $"{Figures.Number(Math.Round(100 * part, 3))} %";
}
