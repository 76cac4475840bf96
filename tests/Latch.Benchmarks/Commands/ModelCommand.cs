using System.Globalization;
using Latch.Benchmarks.Models;
using Latch.Model;
using Latch.Quantize;
using CellKind = Latch.Import.Graph.CellKind;

namespace Latch.Benchmarks.Commands;

/// <summary>The timed models as files, each with a short recording, for programs that run elsewhere.</summary>
internal static class ModelCommand
{
    private const int Rows = 8;

    private const int SampleSeed = 7002;

    /// <summary>The options it takes.</summary>
    public static readonly string[] Options = ["--sizes", "--cells", "--folder"];

    /// <summary>Writes FOLDER/lstm-64x128.latch, FOLDER/lstm-64x128-default.latch, which takes its input in 16 bits, FOLDER/lstm-64x128.csv, and so on.</summary>
    public static int Run(BenchmarkOptions options)
    {
        foreach (CellKind cell in options.Cells)
        {
            foreach (LayerSize size in options.Sizes)
            {
                Directory.CreateDirectory(options.Folder);
                string path = Path.Combine(options.Folder, $"{(cell == CellKind.Lstm ? "lstm" : "gru")}-{size}");
                RandomLayer layer = new(cell, size, 1);
                Channel[] channels = [.. Enumerable.Range(0, size.Inputs).Select(static index => new Channel($"x{index}"))];
                ModelWriter.Write(LatchModels.Streaming(layer, LatchModels.AllInt8) with { Channels = channels }, path + ".latch");
                ModelWriter.Write(LatchModels.Streaming(layer, new QuantizeOptions()) with { Channels = channels }, path + "-default.latch");
                IEnumerable<string> samples = RandomLayer.Samples(Rows * size.Inputs, SampleSeed).Chunk(size.Inputs)
                    .Select(static row => string.Join(',', row.Select(static value => value.ToString(CultureInfo.InvariantCulture))));
                File.WriteAllLines(path + ".csv", [string.Join(',', channels.Select(static channel => channel.Name)), .. samples]);
            }
        }
        return 0;
    }
}
