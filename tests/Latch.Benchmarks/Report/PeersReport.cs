using Latch.Benchmarks.Contenders;
using Latch.Benchmarks.Models;
using Latch.Benchmarks.Timing;
using Latch.Import.Graph;
using static Latch.Benchmarks.Report.MarkdownTable;

namespace Latch.Benchmarks.Report;

/// <summary>The tables of Latch against ONNX Runtime.</summary>
internal static class PeersReport
{
    /// <summary>Writes the ratios, the times behind them and the ways of calling that were fastest.</summary>
    /// <returns>True when every bar is met.</returns>
    public static bool Write(TextWriter writer, IReadOnlyList<LayerComparison> layers)
    {
        bool met = WriteRatios(writer, layers);
        foreach (IGrouping<CellKind, LayerComparison> cell in layers.GroupBy(static layer => layer.Cell))
            WriteTimes(writer, cell.Key, [.. cell]);
        WriteVariants(writer, layers);
        return met;
    }

    private static bool WriteRatios(TextWriter writer, IReadOnlyList<LayerComparison> layers)
    {
        LayerSize[] sizes = [.. layers.Select(static layer => layer.Size).Distinct()];
        double share = Bars.Share(layers[0].Kernel);
        writer.WriteLine("Ratios of medians, in brackets the smallest and the largest ratio of one round, and the bar." +
            (share == 1 ? "" : $" The bars of ratios are {Number(share)} of those for the fastest kernel."));
        writer.WriteLine();
        Head(writer, "ratio", sizes.Select(static size => size.ToString()));
        List<bool> reached = [];
        foreach (RatioRow row in Bars.Ratios.Where(row => layers.Any(layer => layer.Cell == row.Cell)))
            Row(writer, row.Name, sizes.Select(size => RatioCell(row, Find(layers, row.Cell, size), share, reached)));
        foreach (CellKind cell in layers.Select(static layer => layer.Cell).Distinct())
        {
            LayerComparison[] ofCell = [.. sizes.Select(size => Find(layers, cell, size))];
            Row(writer, $"{Name(cell)}, rms error against float, default options", ofCell.Select(layer => RmsCell(layer.Size, layer.Errors.Default, reached)));
            Row(writer, $"{Name(cell)}, rms error against float, all int8", ofCell.Select(layer => RmsCell(layer.Size, layer.Errors.AllInt8, reached)));
            Row(writer, $"{Name(cell)}, rms error against float fed the same codes, all int8", ofCell.Select(layer => RmsCell(layer.Size, layer.Errors.OnCodes, reached)));
        }
        writer.WriteLine();
        return reached.TrueForAll(static met => met);
    }

    private static string RatioCell(RatioRow row, LayerComparison layer, double share, List<bool> reached)
    {
        Ratio ratio = Ratio.Of(layer.Fastest[row.Above], layer.Fastest[row.Below]);
        string text = $"{Number(ratio.Value)} ({Number(ratio.Lowest)}..{Number(ratio.Highest)})";
        if (!row.Bars.TryGetValue(layer.Size, out double bar))
            return text;
        reached.Add(ratio.Value >= share * bar);
        return $"{text}; {Number(share * bar)} {Met(reached[^1])}";
    }

    private static string RmsCell(LayerSize size, double rms, List<bool> reached)
    {
        if (!Bars.HasRms(size))
            return Number(rms);
        reached.Add(rms <= Bars.Rms);
        return $"{Number(rms)}; {Number(Bars.Rms)} {Met(reached[^1])}";
    }

    private static void WriteTimes(TextWriter writer, CellKind cell, LayerComparison[] layers)
    {
        writer.WriteLine("Medians.");
        writer.WriteLine();
        Head(writer, $"{Name(cell)}, microseconds per step", layers.Select(static layer => layer.Size.ToString()));
        foreach (string group in Group.All.Where(layers[0].Fastest.ContainsKey))
            Row(writer, group, layers.Select(layer => Number(layer.Fastest[group].Median)));
        Row(writer, "share of the time with a processor", layers.Select(static layer => Number(layer.ProcessorShare)));
        writer.WriteLine();
    }

    private static void WriteVariants(TextWriter writer, IReadOnlyList<LayerComparison> layers)
    {
        writer.WriteLine("Of several ways of calling the fastest median counts:");
        writer.WriteLine();
        LayerSize[] sizes = [.. layers.Select(static layer => layer.Size).Distinct()];
        Head(writer, "fastest way", sizes.Select(static size => size.ToString()));
        foreach (CellKind cell in layers.Select(static layer => layer.Cell).Distinct())
        {
            LayerComparison[] ofCell = [.. sizes.Select(size => Find(layers, cell, size))];
            foreach (string group in Group.All.Where(group => ofCell[0].Fastest.TryGetValue(group, out Measurement? fastest) && fastest.Contender.Variant.Length > 0))
                Row(writer, $"{Name(cell)}: {group}", ofCell.Select(layer => layer.Fastest[group].Contender.Variant));
        }
    }

    private static LayerComparison Find(IEnumerable<LayerComparison> layers, CellKind cell, LayerSize size) => layers.First(layer => layer.Cell == cell && layer.Size == size);

    private static string Name(CellKind cell) => cell.ToString().ToUpperInvariant();
}
