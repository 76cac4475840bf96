using Latch.Benchmarks.Contenders;
using Latch.Benchmarks.Models;
using Latch.Benchmarks.Report;
using Latch.Import.Graph;

namespace Latch.Benchmarks.Commands;

/// <summary>Latch against ONNX Runtime, interleaved in one run on one thread.</summary>
internal static class PeersCommand
{
    private const int DefaultRounds = 21;

    /// <summary>The options it takes.</summary>
    public static readonly string[] Options = ["--kernel", "--sizes", "--cells", "--rounds", "--seed", "--out", "--save"];

    /// <summary>Measures and prints.</summary>
    /// <returns>0 when every bar is met, else 1.</returns>
    public static int Run(BenchmarkOptions options)
    {
        int rounds = options.Number("--rounds", DefaultRounds), seed = options.Number("--seed", 1);
        List<LayerComparison> layers = [];
        foreach (CellKind cell in options.Cells)
        {
            foreach (LayerSize size in options.Sizes)
            {
                Console.Error.WriteLine($"{cell} {size} ...");
                layers.Add(LayerComparison.Measure(new RandomLayer(cell, size, seed), options.Kernel, rounds));
            }
        }
        using StringWriter writer = new() { NewLine = "\n" };
        string kernel = layers[0].Kernel;
        Machine.Write(writer, kernel, options.Arguments);
        bool met = PeersReport.Write(writer, layers);
        options.Publish(writer.ToString(), kernel);
        return met ? 0 : 1;
    }
}
