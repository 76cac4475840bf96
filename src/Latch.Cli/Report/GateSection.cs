using Latch.Cli.Models;
using Latch.Runtime;

namespace Latch.Cli.Report;

/// <summary>What the gates did: heat maps, and c beside h.</summary>
internal static class GateSection
{
    /// <summary>Adds one layer's maps and states to a page.</summary>
    /// <param name="page">The page.</param>
    /// <param name="layer">What was captured.</param>
    /// <param name="stepLength">Units of the x axis per step.</param>
    /// <param name="xLabel">Name of the x axis.</param>
    public static void Append(Html page, LayerCapture layer, double stepLength, string xLabel)
    {
        string name = layer.Definition.Name;
        page.Section($"Gates of {name}", $"{layer.Definition.Kind.ToString().ToUpperInvariant()}, {layer.Definition.HiddenSize} units, one row each. "
            + "Dark is closed (0), bright is open (1). Units are sorted by how long they remember, the longest on top.");
        int[] order = Order(layer);
        page.Maps(GateOrder.Of(layer.Definition.Kind).Select(gate => Map($"{GateName(gate)} gate", layer.Gate(gate), order, IsCandidate(gate) ? -1 : 0, 1, stepLength, xLabel)));
        if (layer.Cell.Count == 0)
        {
            page.Maps(Map("Hidden state h", layer.Hidden, order, -1, 1, stepLength, xLabel));
            return;
        }

        double range = TypicalRange(layer.Cell);
        page.Maps(Map("Cell state c", layer.Cell, order, -range, range, stepLength, xLabel), Map("Hidden state h", layer.Hidden, order, -1, 1, stepLength, xLabel));
        int slow = order[0];
        page.Chart(Line($"Cell state c of unit {slow}", "c is the memory: it changes slowly.", layer.Cell[slow], 1, stepLength, xLabel));
        page.Chart(Line($"Hidden state h of unit {slow}", "h is what the unit shows of c: it changes fast.", layer.Hidden[slow], 2, stepLength, xLabel));
    }

    private static HeatMap Map(string title, IReadOnlyList<IReadOnlyList<float>> rows, int[] order, double low, double high, double stepLength, string xLabel)
    {
        double mean = rows.Average(row => row.Average());
        return new HeatMap
        {
            Title = title,
            Description = $"{rows.Count} units over {rows[0].Count} steps; the mean is {Axis.Text(Math.Round(mean, 3))} on a scale from {Axis.Text(low)} to {Axis.Text(high)}.",
            Rows = [.. order.Select(unit => rows[unit])],
            Low = Math.Round(low, 3),
            High = Math.Round(high, 3),
            StepLength = stepLength,
            XLabel = xLabel,
        };
    }

    private static LineChart Line(string title, string text, IReadOnlyList<float> values, int colour, double stepLength, string xLabel) => new()
    {
        Title = title,
        Description = $"{text} It lies between {Axis.Text(values.Min())} and {Axis.Text(values.Max())}.",
        Lines = [new ChartLine(colour == 1 ? "c" : "h", [.. values.Select(value => (double)value)], colour)],
        StepLength = stepLength,
        XLabel = xLabel,
        Height = 150,
    };

    /// <summary>Units by the mean of the gate that keeps the state, largest first.</summary>
    private static int[] Order(LayerCapture layer)
    {
        IReadOnlyList<IReadOnlyList<float>> rows = layer.Gate(layer.KeepGate);
        return [.. Enumerable.Range(0, rows.Count).OrderByDescending(unit => rows[unit].Average())];
    }

    /// <summary>The magnitude that 99 % of the values stay below, so that a few large ones do not take the contrast from all others.</summary>
    private static double TypicalRange(IReadOnlyList<IReadOnlyList<float>> rows)
    {
        float[] sorted = [.. rows.SelectMany(row => row).Select(Math.Abs).Order()];
        return Math.Max(1e-3, sorted[(int)(0.99 * (sorted.Length - 1))]);
    }

    private static bool IsCandidate(Gate gate) => gate is Gate.Cell or Gate.Hidden;

    private static string GateName(Gate gate) => gate switch
    {
        Gate.Update => "Update (z, keeps the state)",
        Gate.Reset => "Reset (r)",
        Gate.Hidden => "Candidate",
        Gate.Cell => "Cell (candidate)",
        _ => gate.ToString(),
    };
}
