using Latch.Cli.Output;
using Latch.Model;
using Latch.Runtime;

namespace Latch.Cli.Models;

/// <summary>What <c>inspect</c> says about a quantized model.</summary>
internal static class LatchDescription
{
    public static object Document(string path, LatchModel model) => new
    {
        file = path,
        kind = "latch",
        canRun = true,
        model.Name,
        fileBytes = new FileInfo(path).Length,
        weightBytes = model.WeightBytes,
        sessionBytes = model.CreateSession().MemoryBytes,
        kernel = model.Kernel,
        kernelsHere = LatchModel.AvailableKernels,
        streaming = model.CanStep,
        notStreamable = model.NotStreamableReason,
        windowSteps = model.CanRunWindow ? model.Steps : (int?)null,
        sampleRateHz = model.Definition.SampleRateHz,
        channels = model.Channels,
        inputs = model.Inputs,
        outputs = model.Outputs,
        states = States(model).Select(state => new { state.Name, state.Shape }),
        layers = model.Definition.Layers.Select(layer => new
        {
            layer.Name,
            layer.Kind,
            layer.InputSize,
            layer.HiddenSize,
            layer.Reverse,
            layer.Input,
            layer.Hidden,
            layer.CellFractionBits,
            layer.CellRange,
        }),
        operations = Operations(model).ToDictionary(),
        provenance = model.Definition.Provenance,
    };

    /// <summary>Table rows of the error against float that the quantizer measured on calibration data it had held back.</summary>
    public static IEnumerable<string[]> ErrorRows(Provenance provenance) => provenance.Figures.Select(figure => new[]
    {
        figure.Key switch
        {
            "rms_error" => "rms error, held-back data",
            "max_abs_error" => "largest error, held back",
            "sqnr_db" => "SQNR in dB, held back",
            _ => figure.Key,
        },
        Figures.Number(figure.Value),
    });

    public static void Write(Terminal terminal, string path, LatchModel model)
    {
        Provenance provenance = model.Definition.Provenance;
        terminal.WriteTable($"{path}: {model.Name}", ["", "value"],
        [
            ["file", Figures.Bytes(new FileInfo(path).Length)],
            ["memory", $"{Figures.Bytes(model.WeightBytes)} of weights as packed for the kernel, {Figures.Bytes(model.CreateSession().MemoryBytes)} per session"],
            ["kernel in use", $"{model.Kernel} (here: {string.Join(", ", LatchModel.AvailableKernels)})"],
            ["step by step", model.CanStep ? "yes" : $"no: {model.NotStreamableReason}"],
            ["windows", model.CanRunWindow ? $"{model.Steps} steps" : "no"],
            ["sample rate", model.Definition.SampleRateHz > 0 ? $"{Figures.Number(model.Definition.SampleRateHz)} Hz" : "not stated"],
            .. model.Inputs.Select(input => new[] { $"input {input.Name}", Figures.Shape(input.Shape) }),
            .. model.Outputs.Select(output => new[] { $"output {output.Name}", Figures.Shape(output.Shape) }),
            .. States(model).Select(state => new[] { $"state {state.Name}", Figures.Shape(state.Shape) }),
            ["source", $"{provenance.SourceFile} ({Figures.Bytes(provenance.SourceBytes)} of float weights, SHA-256 {Short(provenance.SourceSha256)})"],
            ["calibrated", $"{provenance.Method}, data SHA-256 {Short(provenance.CalibrationSha256)}, latch {provenance.ToolVersion}"],
            .. ErrorRows(provenance),
        ]);
        terminal.WriteTable("Recurrent layers", ["layer", "cell", "inputs", "units", "direction", "input", "hidden", "cell state"],
            model.Definition.Layers.Select(layer => new[]
            {
                layer.Name, layer.Kind.ToString().ToUpperInvariant(), $"{layer.InputSize}", $"{layer.HiddenSize}", layer.Reverse ? "reverse" : "forward",
                Format(layer.Input), Format(layer.Hidden), layer.Kind == CellKind.Lstm ? $"Q{31 - layer.CellFractionBits}.{layer.CellFractionBits}" : "-",
            }));
        if (provenance.Reasons is { Count: > 0 } reasons)
            terminal.WriteTable("Precision, as it was chosen on held-back data", ["reasons"], reasons.Select(reason => new[] { reason }));
        if (model.Channels.Count > 0)
        {
            terminal.WriteTable("Channels", ["channel", "unit", "transform", "mean", "deviation", "limit"], model.Channels.Select(channel => new[]
            {
                channel.Name, channel.Unit, channel.Transform.ToString().ToLowerInvariant(), Figures.Number(channel.Mean), Figures.Number(channel.Deviation),
                channel.Limit is { } limit ? Figures.Number(limit) : "-",
            }));
        }

        terminal.WriteTable("Operations", ["operation", "count"], Operations(model).Select(pair => new[] { pair.Key, $"{pair.Value}" }));
        terminal.Out.WriteLine("The model can be run.");
    }

    private static IEnumerable<KeyValuePair<string, int>> Operations(LatchModel model) =>
        (model.Definition.Step ?? model.Definition.Sequence)!.Operations
            .GroupBy(operation => operation.GetType().Name.Replace("Operation", "", StringComparison.Ordinal).ToLowerInvariant())
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => KeyValuePair.Create(group.Key, group.Count()));

    /// <summary>The states that a plan carries besides those of the layers.</summary>
    private static IEnumerable<(string Name, IReadOnlyList<int> Shape)> States(LatchModel model)
    {
        Plan plan = (model.Definition.Step ?? model.Definition.Sequence)!;
        return plan.States.Select(state => (state.Name, plan.Tensors[state.Input].Shape));
    }

    private static string Format(Quantization quantization) => $"{quantization.Type.ToString().ToLowerInvariant()} x {Figures.Number(quantization.Scale)}";

    private static string Short(string sha) => sha.Length > 12 ? sha[..12] : sha.Length == 0 ? "-" : sha;
}
