using Latch.Benchmarks.Contenders;
using Latch.Benchmarks.Models;
using Latch.Benchmarks.Timing;
using Latch.Import.Graph;
using static Latch.Benchmarks.Report.MarkdownTable;

namespace Latch.Benchmarks.Report;

/// <summary>The contenders of one layer.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Size">The width.</param>
/// <param name="Kernel">Latch's kernel.</param>
/// <param name="Measurements">One per entry of <see cref="Watch.All"/>.</param>
/// <param name="ProcessorShare">Share of the elapsed time in which the process had a processor.</param>
internal sealed record WatchedLayer(CellKind Cell, LayerSize Size, string Kernel, Measurement[] Measurements, double ProcessorShare)
{
    /// <summary>A contender by name.</summary>
    public Measurement this[string name] => Measurements.First(measurement => measurement.Contender.Group == name);
}

/// <summary>The tables of watched steps against bare ones.</summary>
internal static class TelemetryReport
{
    /// <summary>Writes the ratios and the times behind them.</summary>
    /// <returns>True when every bar is met.</returns>
    public static bool Write(TextWriter writer, IReadOnlyList<WatchedLayer> layers)
    {
        writer.WriteLine("Times of a bare step: ratios of medians, in brackets the smallest and the largest ratio of one round, and the bar, which is not to be exceeded.");
        writer.WriteLine();
        Head(writer, "ratio to the bare step", layers.Select(Title));
        List<bool> reached = [];
        foreach (string name in Watch.All.Skip(1))
            Row(writer, name, layers.Select(layer => Cell(layer, name, reached)));
        writer.WriteLine();
        writer.WriteLine("Medians.");
        writer.WriteLine();
        Head(writer, "microseconds per step", layers.Select(Title));
        foreach (string name in Watch.All)
            Row(writer, name, layers.Select(layer => Number(layer[name].Median)));
        Row(writer, "share of the time with a processor", layers.Select(static layer => Number(layer.ProcessorShare)));
        return reached.TrueForAll(static met => met);
    }

    private static string Cell(WatchedLayer layer, string name, List<bool> reached)
    {
        Ratio ratio = Ratio.Of(layer[name], layer[Watch.Bare]);
        string text = $"{Number(ratio.Value)} ({Number(ratio.Lowest)}..{Number(ratio.Highest)})";
        if (layer is not { Cell: CellKind.Lstm, Size: { Inputs: 64, Hidden: 128 } } || !Bars.Watched.TryGetValue(name, out double bar))
            return text;
        reached.Add(ratio.Value <= bar);
        return $"{text}; {Number(bar)} {Met(reached[^1])}";
    }

    private static string Title(WatchedLayer layer) => $"{layer.Cell.ToString().ToUpperInvariant()} {layer.Size}";
}
