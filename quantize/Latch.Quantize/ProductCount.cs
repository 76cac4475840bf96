using Latch.Import.Graph;
using Latch.Quantize.Lowering;

namespace Latch.Quantize;

/// <summary>Counts products of codes with weights in one run: what takes twice as long in 16 bits.</summary>
internal static class ProductCount
{
    /// <summary>All products of a model.</summary>
    public static long Of(FloatModel model) => model.Nodes.Sum(node => OfInput(model, node) + OfState(node));

    /// <summary>The products that a state takes part in, or that a set of values does; at least 1.</summary>
    /// <param name="model">The model.</param>
    /// <param name="name">Name of a value, or of a state as <see cref="QuantizeOptions.WideValues"/> has it.</param>
    /// <param name="values">The values that share the value's codes.</param>
    public static long Of(FloatModel model, string name, IReadOnlyList<string> values) => Math.Max(1,
        model.Nodes.FirstOrDefault(node => node is RecurrentNode && LoweringContext.StateName(node.Name) == name) is { } recurrent
            ? OfState(recurrent)
            : model.Nodes.Where(node => node.Inputs.Count > 0 && values.Contains(node.Inputs[0])).Sum(node => OfInput(model, node)));

    private static long OfState(GraphNode node) => node is RecurrentNode recurrent ? (long)recurrent.Steps * recurrent.RecurrentWeights.Count : 0;

    // Of the value that the weights multiply, which is the node's first input.
    private static long OfInput(FloatModel model, GraphNode node) => node switch
    {
        DenseNode dense => (long)model.Count(dense.Output) * dense.Weights.Shape[1],
        RecurrentNode recurrent => (long)recurrent.Steps * recurrent.InputWeights.Count,
        ConvNode conv => (long)model.Count(conv.Output) * (conv.Weights.Count / conv.Weights.Shape[0]),
        ConvTransposeNode conv => (long)model.Count(conv.Input) * (conv.Weights.Count / conv.Weights.Shape[0]),
        _ => 0,
    };
}
