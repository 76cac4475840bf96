using Latch.Import.Graph;

namespace Latch.Quantize;

/// <summary>A float model with other nodes.</summary>
internal static class ModelCopy
{
    /// <summary>The same model with these nodes; values that no node writes any more are forgotten.</summary>
    public static FloatModel With(this FloatModel model, IReadOnlyList<GraphNode> nodes) => model.With(nodes, model.States, new Dictionary<string, int[]>());

    /// <summary>The same model with these nodes and states; values that it has not yet have the given shapes.</summary>
    public static FloatModel With(this FloatModel model, IReadOnlyList<GraphNode> nodes, IReadOnlyList<StatePair> states, IReadOnlyDictionary<string, int[]> added)
    {
        var names = model.Inputs.Select(static input => input.Name).Concat(states.Select(static pair => pair.Input)).Concat(model.Constants.Keys).Concat(nodes.SelectMany(static node => node.Outputs)).Distinct();
        return new FloatModel(nodes, names.ToDictionary(static name => name, name => added.TryGetValue(name, out int[]? shape) ? shape : model.Shape(name)))
        {
            Name = model.Name,
            Steps = model.Steps,
            Inputs = model.Inputs,
            Outputs = model.Outputs,
            States = states,
            LayerStates = model.LayerStates,
            KnownInputs = model.KnownInputs,
            Notes = model.Notes,
            Constants = model.Constants,
            SourceSha256 = model.SourceSha256,
            Opset = model.Opset,
            Producer = model.Producer,
            FloatBytes = model.FloatBytes,
        };
    }
}
