using Latch.Import.Graph;

namespace Latch.Quantize;

/// <summary>A float model with other nodes.</summary>
internal static class ModelCopy
{
    /// <summary>The same model with these nodes; values that no node writes any more are forgotten.</summary>
    public static FloatModel With(this FloatModel model, IReadOnlyList<GraphNode> nodes)
    {
        var names = model.Inputs.Select(static input => input.Name).Concat(model.States.Select(static pair => pair.Input)).Concat(model.Constants.Keys).Concat(nodes.SelectMany(static node => node.Outputs)).Distinct();
        return new FloatModel(nodes, names.ToDictionary(static name => name, model.Shape))
        {
            Name = model.Name,
            Steps = model.Steps,
            Inputs = model.Inputs,
            Outputs = model.Outputs,
            States = model.States,
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
