using Latch.Import.Graph;

namespace Latch.Import.Passes;

/// <summary>An order of nodes in which each comes after those that feed it; nodes that are in order already keep it.</summary>
internal static class NodeOrder
{
    /// <exception cref="InvalidOperationException">Nodes feed one another in a circle: a pass has made a mistake.</exception>
    public static IReadOnlyList<GraphNode> Of(IReadOnlyList<GraphNode> nodes)
    {
        Dictionary<string, GraphNode> producers = nodes.SelectMany(node => node.Outputs.Select(output => (output, node))).ToDictionary(pair => pair.output, pair => pair.node);
        HashSet<GraphNode> done = new(ReferenceEqualityComparer.Instance), waited = new(ReferenceEqualityComparer.Instance);
        List<GraphNode> ordered = [];
        Stack<GraphNode> open = new();
        foreach (GraphNode first in nodes)
        {
            open.Push(first);
            while (open.TryPeek(out GraphNode? node))
            {
                GraphNode[] waiting = done.Contains(node)
                    ? []
                    : [.. node.Inputs.Select(producers.GetValueOrDefault).OfType<GraphNode>().Where(feeder => !done.Contains(feeder))];
                // All that it waited for before is done, unless that waits for it.
                if (waiting.Length > 0 && !waited.Add(node))
                    throw new InvalidOperationException($"the node '{node.Name}' feeds itself");
                foreach (GraphNode feeder in waiting)
                    open.Push(feeder);
                if (waiting.Length > 0)
                    continue;
                open.Pop();
                if (done.Add(node))
                    ordered.Add(node);
            }
        }
        return ordered;
    }
}
