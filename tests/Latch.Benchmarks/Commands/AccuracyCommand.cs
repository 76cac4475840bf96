using Latch.Benchmarks.Contenders;
using Latch.Benchmarks.Models;
using Latch.Benchmarks.Report;
using Latch.Import.Graph;
using Latch.Quantize;
using static Latch.Benchmarks.Report.MarkdownTable;

namespace Latch.Benchmarks.Commands;

/// <summary>The error of a layer's hidden state against float, over layers of several seeds.</summary>
internal static class AccuracyCommand
{
    private const int DefaultSeeds = 3;
    private const int LatchColumns = 3;

    /// <summary>The options it takes.</summary>
    public static readonly string[] Options = ["--kernel", "--sizes", "--cells", "--seeds", "--out", "--save"];

    private static readonly string[] s_columns = ["size", "Latch, default options", "Latch, all int8", "Latch, all int8, float fed the same codes", "bar", "ONNX Runtime int8, per tensor", "ONNX Runtime int8, per channel"];

    /// <summary>Measures and prints.</summary>
    /// <returns>0 when every bar is met, else 1.</returns>
    public static int Run(BenchmarkOptions options)
    {
        int seeds = options.Number("--seeds", DefaultSeeds);
        using StringWriter writer = new() { NewLine = "\n" };
        string kernel = KernelName(options);
        Machine.Write(writer, kernel, options.Arguments);
        writer.WriteLine($"Root-mean-square error of the hidden state against ONNX Runtime float: {seeds} layers, 5 series of {RmsError.Steps} steps each.");
        writer.WriteLine();
        Head(writer, "cell", s_columns);
        bool met = true;
        foreach (CellKind cell in options.Cells)
        {
            foreach (LayerSize size in options.Sizes)
                met &= WriteRow(writer, cell, size, seeds, options.Kernel);
        }
        options.Publish(writer.ToString(), $"{kernel}-accuracy");
        return met ? 0 : 1;
    }

    private static bool WriteRow(StringWriter writer, CellKind cell, LayerSize size, int seeds, string? kernel)
    {
        Console.Error.WriteLine($"{cell} {size} ...");
        double?[][] errors = [.. Enumerable.Range(1, seeds).Select(seed => Errors(new RandomLayer(cell, size, seed), kernel))];
        double?[] rms = [.. Enumerable.Range(0, errors[0].Length).Select(column => Pooled(errors.Select(row => row[column])))];
        bool[] met = [.. rms.Take(LatchColumns).Select(static value => value <= Bars.Rms)];
        string bar = Bars.HasRms(size) ? $"{Number(Bars.Rms)} {string.Join(", ", met.Select(Met))}" : "-";
        string[] texts = [.. rms.Select(static value => value is { } number ? Number(number) : "-")];
        Row(writer, cell.ToString().ToUpperInvariant(), [size.ToString(), .. texts[..LatchColumns], bar, .. texts[LatchColumns..]]);
        return !Bars.HasRms(size) || !met.Contains(false);
    }

    private static double?[] Errors(RandomLayer layer, string? kernel)
    {
        RmsError error = new(layer);
        LayerErrors latch = error.OfLatch(LatchModels.Streaming(layer, LatchModels.AllInt8), LatchModels.Streaming(layer, new QuantizeOptions()), kernel);
        return [latch.Default, latch.AllInt8, latch.OnCodes, error.OfOrtInt8(perChannel: false), error.OfOrtInt8(perChannel: true)];
    }

    private static double? Pooled(IEnumerable<double?> errors) => errors.Average(static error => error * error) is { } square ? Math.Sqrt(square) : null;

    private static string KernelName(BenchmarkOptions options)
    {
        RandomLayer smallest = new(CellKind.Gru, new LayerSize(1, 1), 1);
        return new LatchStep(LatchModels.Streaming(smallest, LatchModels.AllInt8), options.Kernel, [0]).Kernel;
    }
}
