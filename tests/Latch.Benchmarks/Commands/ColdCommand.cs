using Latch.Benchmarks.Cold;
using Latch.Benchmarks.Models;
using Latch.Benchmarks.Report;
using Latch.Benchmarks.Timing;
using Latch.Model;
using static Latch.Benchmarks.Report.MarkdownTable;
using CellKind = Latch.Import.Graph.CellKind;

namespace Latch.Benchmarks.Commands;

/// <summary>Two programs as whole processes: start, load one model from its file, one step, print, exit.</summary>
internal static class ColdCommand
{
    private const int DefaultRuns = 15;

    // One number from an int8 model against float: a sum over 128 values.
    private const double Agreement = 0.5;

    /// <summary>The options it takes.</summary>
    public static readonly string[] Options = ["--runs", "--ours", "--peer", "--out", "--save"];

    /// <summary>Measures and prints.</summary>
    /// <returns>0 when every bar is met, else 1.</returns>
    public static int Run(BenchmarkOptions options)
    {
        string folder = Directory.CreateTempSubdirectory("latch-cold-").FullName;
        try
        {
            RandomLayer layer = new(CellKind.Lstm, new LayerSize(64, 128), 1);
            string latch = Path.Combine(folder, "lstm.latch"), onnx = Path.Combine(folder, "lstm.onnx");
            ModelWriter.Write(LatchModels.Streaming(layer, LatchModels.AllInt8), latch);
            File.WriteAllBytes(onnx, OnnxModels.Step(layer));
            ColdProgram ours = new("Latch", options.Ours ?? ColdPublisher.Publish("ColdStart", folder), latch);
            ColdProgram peer = new("ONNX Runtime", options.Peer ?? ColdPublisher.Publish("ColdStartOnnx", folder), onnx);
            CheckAgreement(ours, peer);
            return Report(options, ours, peer);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void CheckAgreement(ColdProgram ours, ColdProgram peer)
    {
        double difference = Math.Abs(ours.Read().Sum - peer.Read().Sum);
        if (difference > Agreement)
            throw new InvalidOperationException($"the programs' results differ by {difference:G3}; they do not run the same model.");
    }

    private static int Report(BenchmarkOptions options, ColdProgram ours, ColdProgram peer)
    {
        int runs = options.Number("--runs", DefaultRuns);
        ColdProgram[] programs = [ours, peer];
        for (int run = 0; run < runs; run++)
        {
            foreach (ColdProgram program in programs)
                program.Measure();
        }
        using StringWriter writer = new() { NewLine = "\n" };
        Machine.Write(writer, "chosen by the program", options.Arguments);
        writer.WriteLine($"One step of an LSTM of 64x128 from its file, whole processes in turns, medians of {runs} runs (smallest..largest).");
        writer.WriteLine();
        Head(writer, "program", ["start to exit, ms", "peak resident memory, kB", "program and libraries, kB", "model, kB"]);
        foreach (ColdProgram program in programs)
            Row(writer, program.Name, [Spread(program.Milliseconds), Spread(program.Kilobytes), Number(program.FolderBytes / 1024.0), Number(program.ModelBytes / 1024.0)]);
        double time = Statistics.Median(ours.Milliseconds) / Statistics.Median(peer.Milliseconds);
        double memory = Statistics.Median(ours.Kilobytes) / Statistics.Median(peer.Kilobytes);
        Row(writer, "ratio", [Share(time, Bars.ColdStart), Share(memory, Bars.Resident), "", ""]);
        options.Publish(writer.ToString(), "cold");
        return time <= Bars.ColdStart && memory <= Bars.Resident ? 0 : 1;
    }

    private static string Spread(List<double> values) => $"{Number(Statistics.Median(values))} ({Number(values.Min())}..{Number(values.Max())})";

    private static string Share(double ratio, double bar) => $"{Number(ratio)}; at most {Number(bar)} {Met(ratio <= bar)}";
}
