using Latch.Cli.Models;
using Latch.Cli.Output;
using Latch.Model;
using Latch.Runtime;
using Latch.Telemetry;

namespace Latch.Cli.Report;

/// <summary>What the gates did: figures, heat maps, and c beside h.</summary>
internal static class GateSection
{
    /// <summary>Adds one layer to a page.</summary>
    /// <param name="page">The page.</param>
    /// <param name="layer">What was recorded.</param>
    /// <param name="stepLength">Units of the x axis per step.</param>
    /// <param name="xLabel">Name of the x axis.</param>
    public static void Append(Html page, LayerWatch layer, double stepLength, string xLabel)
    {
        RecurrentLayer definition = layer.Recording.Definition;
        page.Section($"Gates of {layer.Name}", $"{definition.Kind.ToString().ToUpperInvariant()}, {definition.HiddenSize} units. {Memory(layer)}");
        AppendFigures(page, layer);
        Plot plot = new(layer, Order(layer), stepLength, xLabel);
        page.Paragraph("One row per unit, sorted by how long it remembers, the longest on top. Dark is closed (0), bright is open (1); candidates and states run from negative (dark) to positive (bright).");
        page.Maps(GateOrder.Of(definition.Kind).Select(gate => plot.Map($"{GateName(gate)} gate", unit => layer.Recording.GateValues(gate, unit), gate is Gate.Cell or Gate.Hidden ? -1 : 0, 1)));
        if (definition.Kind != CellKind.Lstm)
        {
            page.Maps(plot.Map("Hidden state h", layer.Recording.HiddenValues, -1, 1));
            return;
        }

        double range = plot.TypicalRange(layer.Recording.CellValues);
        page.Maps(plot.Map("Cell state c", layer.Recording.CellValues, -range, range), plot.Map("Hidden state h", layer.Recording.HiddenValues, -1, 1));
        int slow = plot.Order[0];
        page.Chart(plot.Line($"Cell state c of unit {slow}", "c", "c is the memory: it changes slowly.", layer.Recording.CellValues(slow), 1));
        page.Chart(plot.Line($"Hidden state h of unit {slow}", "h", "h is what the unit shows of c: it changes fast.", layer.Recording.HiddenValues(slow), 2));
    }

    private static string Memory(LayerWatch layer)
    {
        double[] lives = layer.HalfLives();
        if (lives.Length == 0)
            return "An RNN has no gate that keeps a memory.";
        double? rate = layer.Statistics.UnitMemory[0].HalfLifeSeconds is { } seconds ? seconds / layer.Statistics.UnitMemory[0].HalfLifeSteps : null;
        string InSeconds(double steps) => rate is { } period ? $" ({Figures.Seconds(steps * period)})" : "";
        double median = lives[lives.Length / 2];
        return $"Half of a memory is gone after {Figures.Fixed(median, 1)} steps{InSeconds(median)} in the median unit, after {Figures.Fixed(lives[^1], 1)} steps{InSeconds(lives[^1])} in the longest; "
            + $"the number formats allow {layer.Statistics.MemoryLimit!.Nearest.HalfLifeSteps:N0} steps{InSeconds(layer.Statistics.MemoryLimit.Nearest.HalfLifeSteps)}.";
    }

    private static void AppendFigures(Html page, LayerWatch layer)
    {
        LayerSnapshot statistics = layer.Statistics;
        string percent(double share) => $"{Figures.Fixed(100 * share, 1)} %";
        page.Table($"Gates over {statistics.Steps} steps", ["gate", "mean", "deviation", "below 0.1", "above 0.9", "saturated"], statistics.Gates.Select(gate => new[]
        {
            GateName(gate.Gate), Figures.Fixed(gate.All.Mean, 3), Figures.Fixed(gate.All.Deviation, 3), percent(gate.All.Below), percent(gate.All.Above), $"{gate.Saturations}",
        }).Concat(
        [
            ["Cell state", "", "", "", "", $"{statistics.CellSaturations}"],
            ["Hidden state code", "", "", "", "", $"{statistics.HiddenSaturations}"],
            ["Output code", "", "", "", "", $"{statistics.OutputSaturations}"],
        ]));
        page.Paragraph("A candidate lies between -1 and 1: its limits are -0.8 and 0.8.");
    }

    /// <summary>Units by their memory, longest first; by number for a layer without a gate that keeps.</summary>
    private static int[] Order(LayerWatch layer)
    {
        IReadOnlyList<MemoryTime> memory = layer.Statistics.UnitMemory;
        IEnumerable<int> units = Enumerable.Range(0, layer.Recording.Definition.HiddenSize);
        return [.. memory.Count == 0 ? units : units.OrderByDescending(unit => memory[unit].EFoldSteps)];
    }

    private static string GateName(Gate gate) => gate switch
    {
        Gate.Update => "Update (z, keeps the state)",
        Gate.Reset => "Reset (r)",
        Gate.Hidden => "Candidate",
        Gate.Cell => "Cell (candidate)",
        _ => gate.ToString(),
    };

    /// <summary>Draws quantities of one layer with the same axes and order of units.</summary>
    private sealed record Plot(LayerWatch Layer, int[] Order, double StepLength, string XLabel)
    {
        public HeatMap Map(string title, Func<int, double[]> values, double low, double high)
        {
            double[][] rows = [.. Order.Select(values)];
            double mean = rows.Average(row => row.Average());
            return new HeatMap
            {
                Title = title,
                Description = $"{rows.Length} units over {rows[0].Length} steps; the mean is {Axis.Text(Math.Round(mean, 3))} on a scale from {Axis.Text(low)} to {Axis.Text(high)}.",
                Rows = rows,
                Low = Math.Round(low, 3),
                High = Math.Round(high, 3),
                StepLength = StepLength,
                XLabel = XLabel,
            };
        }

        public LineChart Line(string title, string name, string text, double[] values, int colour) => new()
        {
            Title = title,
            Description = $"{text} It lies between {Axis.Text(values.Min())} and {Axis.Text(values.Max())}.",
            Lines = [new ChartLine(name, values, colour)],
            StepLength = StepLength,
            XLabel = XLabel,
            Height = 150,
        };

        /// <summary>The magnitude that 99 % of the values stay below, so that a few large ones do not take the contrast from all others.</summary>
        public double TypicalRange(Func<int, double[]> values)
        {
            double[] sorted = [.. Order.SelectMany(values).Select(Math.Abs).Order()];
            return Math.Max(1e-3, sorted[(int)(0.99 * (sorted.Length - 1))]);
        }
    }
}
