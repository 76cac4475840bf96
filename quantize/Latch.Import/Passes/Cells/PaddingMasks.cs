using Latch.Import.Graph;
using Latch.Import.Operators;

namespace Latch.Import.Passes.Cells;

/// <summary>
/// Takes masks out of loops: where a row is marked as padding, a masked layer keeps its state. A model that runs on live data gets no padding, so each row is
/// taken as data, and a note says so.
/// </summary>
internal static class PaddingMasks
{
    public static void Remove(PassGraph graph)
    {
        foreach (UnrolledLoop loop in graph.Loops)
        {
            HashSet<string> carried = [.. loop.Carried.SelectMany(names => names)];
            Dictionary<string, string> unmasked = graph.Nodes.OfType<WhereNode>()
                .Where(node => carried.Contains(node.Output) && graph.Shape(node.Output).AsSpan().SequenceEqual(graph.Shape(node.WhenTrue)))
                .ToDictionary(node => node.Output, node => node.WhenTrue);
            if (unmasked.Count == 0)
                continue;
            graph.Replace(graph.Nodes.Select(node => unmasked.TryGetValue(node.Outputs[0], out string? taken) ? new ReshapeNode(node.Name, taken, node.Outputs[0]) : node));
            graph.Notes.Add($"the loop '{loop.Node}' keeps its state where a mask marks a row as padding; here every row is data, give none that is padding");
        }
    }
}
