using System.CommandLine;
using Latch.Anomaly;
using Latch.Cli.Data;
using Latch.Cli.Models;
using Latch.Cli.Output;
using Latch.Cli.Report;
using Latch.Import.Graph;
using Latch.Import.Sources;
using Latch.Quantize.Report;
using Latch.Runtime;
using Comparison = Latch.Quantize.Report.Comparison;

namespace Latch.Cli.Commands;

/// <summary><c>latch compare</c>: the integer model against the float one on the same data.</summary>
internal static class CompareCommand
{
    /// <summary>Most steps whose gates are plotted.</summary>
    private const int GateSteps = 3000;

    /// <summary>Most steps over which tensors and gates are compared.</summary>
    private const int InnerSteps = 6000;

    public static Command Create(Terminal terminal)
    {
        Argument<string> onnx = CommonOptions.TrainedModel();
        Argument<string> latch = CommonOptions.LatchModel();
        Option<string[]> data = CommonOptions.Data("--data", "Data to compare on.");
        Option<int?> steps = CommonOptions.Steps("Windows of N rows that slide by the stride; without it the model's windows, or one stream when it has none.");
        Option<int> stride = CommonOptions.Stride();
        Option<string[]> state = CommonOptions.State();
        Option<string?> report = new("--report") { Description = "Write an HTML report that needs no network.", HelpName = "FILE.html" };
        CommonOptions.NoDash(report);
        Option<bool> json = CommonOptions.Json();
        Command command = new("compare", "Compares int8 with float (ONNX Runtime) on data, per output, tensor and gate.") { onnx, latch, data, steps, stride, state, report, json };
        command.SetAction((parsed, cancellation) => Run(terminal, new Request(
            parsed.GetRequiredValue(onnx), parsed.GetRequiredValue(latch), parsed.GetRequiredValue(data), parsed.GetValue(steps),
            parsed.GetValue(stride), StateOption.Parse(parsed.GetValue(state)), parsed.GetValue(report)), parsed.GetValue(json), cancellation));
        return command;
    }

    private static async Task<int> Run(Terminal terminal, Request request, bool json, CancellationToken cancellation)
    {
        if (request.Report is not null)
            OutputFile.CheckWritable(request.Report, [request.Onnx, request.Latch, .. request.Data]);
        ComparisonResult result = await terminal.WithProgress(stages =>
            Task.Run(() => Compare(request, stages, cancellation), cancellation).WaitAsync(cancellation)).ConfigureAwait(false);
        if (request.Report is not null)
            OutputFile.Write(request.Report, ComparisonPage.Build(result).WriteTo);
        if (json)
            Json.Write(terminal, Document(request, result));
        else
            Write(terminal, request, result);
        return (int)ExitCode.Ok;
    }

    private static ComparisonResult Compare(Request request, Stages stages, CancellationToken cancellation)
    {
        stages.Begin("Reading the models");
        using LatchModel model = ModelFile.OpenLatch(request.Latch);
        ModelPair pair = new(request.Onnx, request.Latch, model, StepMode.Of(model, request.Steps, request.Stride, request.Latch), request.States);
        StepMode mode = pair.Mode;
        stages.Begin("Reading the data");
        IReadOnlyList<Recording> raw = Recordings.Read(
            request.Data, [.. model.Channels.Select(channel => channel.Name)], pair.Widths.Sum(), MissingReadings.Refuse, cancellation);
        Normaliser normaliser = new(model.Channels);
        IReadOnlyList<Recording> normalised = [.. raw.Select(recording => recording with { Rows = normaliser.Apply(recording.Rows) })];
        stages.Begin($"Running both models ({mode})");
        OutputComparison outputs = pair.Compare(raw, normalised, stages.Report, cancellation);
        stages.Begin("Comparing tensors and gates");
        Comparison inner = pair.Inner(normalised, InnerSteps, stages.Report, cancellation);
        stages.Begin("Watching the gates");
        GateWatch gates = new(model, GateSteps);
        pair.Watch(raw, gates, GateSteps);
        return new ComparisonResult(
            Path.GetFileName(request.Onnx), Path.GetFileName(request.Latch), ModelSource.Open(request.Onnx).Bytes, pair.Float.FloatBytes,
            new FileInfo(request.Latch).Length, mode, model.Definition.SampleRateHz, outputs, inner, gates.Layers)
        {
            FloatSide = pair.FloatSide,
        };
    }

    private static object Document(Request request, ComparisonResult result) => new
    {
        onnx = request.Onnx,
        latch = request.Latch,
        onnxBytes = result.OnnxBytes,
        floatWeightBytes = result.FloatWeightBytes,
        latchBytes = result.LatchBytes,
        sizeRatio = result.SizeRatio,
        floatSide = result.FloatSide,
        mode = result.Mode.IsStream ? "stream" : "windows",
        runs = result.Outputs.Integers.Count,
        outputs = result.Outputs.Errors().Select(error => new
        {
            error.Name,
            values = error.Count,
            meanAbsoluteDifference = error.MeanDifference,
            rmsDifference = error.RmsDifference,
            largestAbsoluteDifference = error.LargestDifference,
            sqnrDb = double.IsFinite(error.SqnrDb) ? error.SqnrDb : (double?)null,
            bias = error.Bias,
        }),
        tensors = result.Inner.Tensors,
        states = result.Inner.States,
        saturations = result.Inner.Saturations,
        worst = result.Outputs.Worst(10),
        report = request.Report,
    };

    private static void Write(Terminal terminal, Request request, ComparisonResult result)
    {
        terminal.WriteTable($"int8 against float ({result.FloatSide}), {result.Outputs.Integers.Count} {(result.Mode.IsStream ? "steps" : "windows")}",
            ["output", "SQNR dB", "mean |diff|", "rms diff", "largest |diff|", "float rms"],
            result.Outputs.Errors().Select(error => new[]
            {
                error.Name, Figures.Decibels(error.SqnrDb), Figures.Number(error.MeanDifference), Figures.Number(error.RmsDifference),
                Figures.Number(error.LargestDifference), Figures.Number(error.FloatRms),
            }));
        terminal.WriteTable($"Noisiest tensors (over at most {InnerSteps} steps of the data)", ["tensor", "bits", "SQNR dB", "lost here dB", "rms diff"],
            result.Inner.Tensors.Take(6).Select(tensor => new[]
            {
                tensor.Error.Name, $"{tensor.Bits}", Figures.Decibels(tensor.Error.SqnrDb), Figures.Fixed(tensor.DropDb, 1), Figures.Number(tensor.Error.Rms),
            }));
        terminal.WriteTable("Noisiest gates and states", ["gate or state", "SQNR dB", "rms diff"],
            result.Inner.States.OrderBy(state => state.Error.SqnrDb).Take(6).Select(state => new[] { state.Error.Name, Figures.Decibels(state.Error.SqnrDb), Figures.Number(state.Error.Rms) }));
        terminal.Out.WriteLine($"Sizes: float weights {Figures.Bytes(result.FloatWeightBytes)}, int8 file {Figures.Bytes(result.LatchBytes)} ({Figures.Fixed(result.SizeRatio, 3)}).");
        if (request.Report is not null)
            terminal.Out.WriteLine($"Report: {request.Report}");
    }

    private sealed record Request(string Onnx, string Latch, IReadOnlyList<string> Data, int? Steps, int Stride, IReadOnlyList<StatePair>? States, string? Report);
}
