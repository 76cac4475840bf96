using Latch.Benchmarks.Contenders;
using Latch.Benchmarks.Models;
using Latch.Benchmarks.Report;
using Latch.Benchmarks.Timing;
using Latch.Import.Graph;

namespace Latch.Benchmarks.Commands;

/// <summary>What watching the gates costs, beside the bare step in one interleaved run.</summary>
internal static class TelemetryCommand
{
    private const int DefaultRounds = 41;
    private const int StreamSamples = 16;
    private const int SamplesSeed = 8001;

    private static readonly LayerSize[] s_sizes = [new(32, 64), new(64, 128), new(257, 512)];

    /// <summary>The options it takes.</summary>
    public static readonly string[] Options = ["--kernel", "--sizes", "--cells", "--rounds", "--seed", "--out", "--save"];

    /// <summary>Measures and prints.</summary>
    /// <returns>0 when every bar is met, else 1.</returns>
    public static int Run(BenchmarkOptions options)
    {
        int rounds = options.Number("--rounds", DefaultRounds), seed = options.Number("--seed", 1);
        List<WatchedLayer> layers = [];
        foreach (CellKind cell in options.Cells)
        {
            foreach (LayerSize size in options.Sizes.Count == LayerSize.All.Count ? s_sizes : options.Sizes)
            {
                Console.Error.WriteLine($"{cell} {size} ...");
                RandomLayer layer = new(cell, size, seed);
                float[] stream = RandomLayer.Samples(StreamSamples * size.Inputs, SamplesSeed);
                WatchedStep step = new(LatchModels.Streaming(layer, LatchModels.AllInt8), options.Kernel, stream);
                (Measurement[] measurements, double share) = InterleavedRun.Measure(step.Contenders(), rounds);
                layers.Add(new WatchedLayer(cell, size, step.Kernel, measurements, share));
            }
        }
        using StringWriter writer = new() { NewLine = "\n" };
        string kernel = layers[0].Kernel;
        Machine.Write(writer, kernel, options.Arguments);
        bool met = TelemetryReport.Write(writer, layers);
        options.Publish(writer.ToString(), $"{kernel}-telemetry");
        return met ? 0 : 1;
    }
}
