using Latch.Import.Folding;
using Latch.Import.Graph;

namespace Latch.Import.Passes;

/// <summary>Puts a constant that is added to a dense layer's output, and to nothing else, into the layer's bias.</summary>
internal static class DenseBiases
{
    public static void Merge(PassGraph graph) => graph.Replace(Merge(graph.Nodes, graph.Values, new HashSet<string>(graph.Outputs)));

    private static List<GraphNode> Merge(
        IReadOnlyList<GraphNode> nodes, IReadOnlyDictionary<string, GraphValue> values, IReadOnlySet<string> outputs)
    {
        Dictionary<string, int> readers = nodes.SelectMany(n => n.Inputs).CountBy(name => name).ToDictionary();
        Dictionary<string, int> denseAt = [];
        List<GraphNode> merged = [];
        foreach (GraphNode node in nodes)
        {
            if (node is BinaryNode { Operation: BinaryOperation.Add } add
                && Operands(add, values, denseAt) is (int at, FloatTensor summand)
                && merged[at] is DenseNode dense
                && readers[dense.Output] == 1
                && !outputs.Contains(dense.Output)
                && Bias(dense, summand, values[dense.Output], values[add.Output]) is { } bias)
            {
                merged[at] = dense with { Output = add.Output, Bias = bias };
                denseAt[add.Output] = at;
                continue;
            }
            if (node is DenseNode)
                denseAt[node.Outputs[0]] = merged.Count;
            merged.Add(node);
        }
        return merged;
    }

    private static (int At, FloatTensor Summand)? Operands(
        BinaryNode add, IReadOnlyDictionary<string, GraphValue> values, Dictionary<string, int> denseAt)
    {
        if (denseAt.TryGetValue(add.Left, out int left) && values[add.Right].Float is { } right)
            return (left, right);
        return denseAt.TryGetValue(add.Right, out int at) && values[add.Left].Float is { } summand ? (at, summand) : null;
    }

    private static FloatTensor? Bias(DenseNode dense, FloatTensor summand, GraphValue before, GraphValue after)
    {
        int outputs = dense.Weights.Shape[0];
        bool vector = summand.Count == outputs && summand.Shape.Length > 0 && summand.Shape[^1] == outputs;
        if (!vector || !before.Shape.AsSpan().SequenceEqual(after.Shape))
            return null;
        float[]? old = dense.Bias?.Data;
        return new FloatTensor([outputs], [.. summand.Data.Select((x, i) => old is null ? x : old[i] + x)]);
    }
}
