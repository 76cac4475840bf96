using Latch.Cli.Output;
using Latch.Import.Graph;
using Latch.Import.Sources;

namespace Latch.Cli.Models;

/// <summary>What <c>inspect</c> says about a float model.</summary>
internal static class OnnxDescription
{
    public static object Document(ModelSource source, FloatModel model, bool stepsAreOpen, string? obstacle) => new
    {
        file = source.Path,
        kind = source.Kind,
        canRun = true,
        model.Name,
        model.Producer,
        model.Opset,
        model.Steps,
        stepsAreOpen,
        notStreamable = obstacle,
        sha256 = model.SourceSha256,
        fileBytes = source.Bytes,
        weightBytes = model.FloatBytes,
        inputs = model.Inputs,
        outputs = model.Outputs,
        states = model.States,
        layerStates = model.LayerStates,
        notes = model.Notes,
        layers = model.Nodes.OfType<RecurrentNode>().Select(node => new
        {
            node.Name,
            node.Cell,
            node.InputSize,
            node.HiddenSize,
            node.Reverse,
            parameters = Parameters(node),
        }),
        operations = Operations(model).ToDictionary(),
    };

    public static void Write(Terminal terminal, string path, FloatModel model, bool stepsAreOpen, string? obstacle)
    {
        terminal.WriteTable($"{path}: {model.Name}", ["", "value"],
        [
            ["written by", model.Producer.Length == 0 ? "unknown" : model.Producer],
            ["operator set", $"{model.Opset}"],
            ["steps", stepsAreOpen ? "open: one stream, or windows of --steps N" : $"{model.Steps}"],
            ["step by step", obstacle is null ? "yes" : $"no: {obstacle}"],
            ["weights", Figures.Bytes(model.FloatBytes)],
            .. model.Inputs.Select(input => new[] { $"input {input.Name}", Figures.Shape(input.Shape) }),
            .. model.Outputs.Select(output => new[] { $"output {output.Name}", Figures.Shape(output.Shape) }),
            .. model.States.Select(pair => new[] { $"state {pair.Input} -> {pair.Output}", Figures.Shape(model.Shape(pair.Input)) }),
            .. model.LayerStates.Select(pair => new[] { $"state {pair.Input} -> {pair.Output}{(pair.Offset > 0 ? $" from element {pair.Offset}" : "")}", "carried by the layers" }),
        ]);
        terminal.WriteTable("Recurrent layers", ["layer", "cell", "inputs", "units", "direction", "parameters"],
            model.Nodes.OfType<RecurrentNode>().Select(node => new[]
            {
                node.Name, node.Cell.ToString().ToUpperInvariant(), $"{node.InputSize}", $"{node.HiddenSize}", node.Reverse ? "reverse" : "forward", $"{Parameters(node)}",
            }));
        terminal.WriteTable("Operations", ["operation", "count"], Operations(model).Select(pair => new[] { pair.Key, $"{pair.Value}" }));
        foreach (string note in model.Notes)
            terminal.Out.WriteLine($"Note: {note}.");
        terminal.Out.WriteLine("The model can be run: every operator is supported. Next: latch quantize.");
    }

    private static IEnumerable<KeyValuePair<string, int>> Operations(FloatModel model) =>
        model.Nodes.GroupBy(Kind).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => KeyValuePair.Create(group.Key, group.Count()));

    private static string Kind(GraphNode node) => node switch
    {
        RecurrentNode recurrent => recurrent.Cell.ToString().ToLowerInvariant(),
        ActivationNode activation => activation.Kind.ToString().ToLowerInvariant(),
        BinaryNode binary => binary.Operation.ToString().ToLowerInvariant(),
        _ => node.GetType().Name.Replace("Node", "", StringComparison.Ordinal).ToLowerInvariant(),
    };

    private static long Parameters(RecurrentNode node) =>
        node.InputWeights.Count + node.RecurrentWeights.Count + node.InputBias.Count + node.RecurrentBias.Count + (node.Peepholes?.Count ?? 0);
}
