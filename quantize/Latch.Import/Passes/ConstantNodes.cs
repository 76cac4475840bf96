using Latch.Import.Folding;
using Latch.Import.Graph;

namespace Latch.Import.Passes;

/// <summary>Evaluates nodes whose inputs have all become constant.</summary>
internal static class ConstantNodes
{
    public static void Fold(PassGraph graph)
    {
        List<GraphNode> kept = [];
        foreach (GraphNode node in graph.Nodes)
        {
            if (node.Inputs.Count == 0 || !node.Inputs.All(input => graph.Constant(input) is not null))
            {
                kept.Add(node);
                continue;
            }
            IReadOnlyList<FloatTensor> folded = ConstantFolder.Floats(
                node, [.. node.Inputs.Select(input => graph.Values[input])], [.. node.Outputs.Select(graph.Shape)]);
            for (int i = 0; i < folded.Count; i++)
                graph.MakeConstant(node.Outputs[i], folded[i]);
        }
        if (kept.Count < graph.Nodes.Count)
            graph.Replace(kept);
    }
}
