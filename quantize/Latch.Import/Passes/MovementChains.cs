using Latch.Import.Graph;

namespace Latch.Import.Passes;

/// <summary>
/// Cancels movements: a change of shape of a change of shape is one; two transpositions are one, or none; parts that are joined again to what they were are a
/// change of shape; so is a transposition that only moves axes of length 1, where the file is made for single steps (a length of 1 may else be the one step, and
/// the graph is to be the same for any number of them).
/// </summary>
internal static class MovementChains
{
    public static void Cancel(PassGraph graph)
    {
        ElementTrace trace = new(graph);
        if (graph.IsForSingleSteps)
            graph.Replace(graph.Nodes.Select(node => node is TransposeNode transpose && KeepsOrder(graph, transpose) ? new ReshapeNode(node.Name, transpose.Input, transpose.Output) : node).ToArray());
        graph.Replace(graph.Nodes.Select(node => node is ConcatNode concat && Whole(graph, trace, concat) is { } value ? new ReshapeNode(concat.Name, value, concat.Output) : node).ToArray());
        graph.Replace(Shortened(graph));
        graph.DropDead();
    }

    /// <summary>The value that is put together again, all of it and in order.</summary>
    private static string? Whole(PassGraph graph, ElementTrace trace, ConcatNode concat) =>
        trace.Source(Elements.All(graph, concat.Output)) is { } source && source.Value != concat.Output && source.IsAll(graph) ? source.Value : null;

    /// <summary>Whether the axes longer than 1 stay in their order.</summary>
    private static bool KeepsOrder(PassGraph graph, TransposeNode node)
    {
        int[] shape = graph.Shape(node.Input);
        int[] longer = [.. node.Permutation.Where(axis => shape[axis] > 1)];
        return longer.SequenceEqual(longer.Order());
    }

    /// <summary>The nodes in their order, each after those that feed it: what one follows is as short as it can be.</summary>
    private static List<GraphNode> Shortened(PassGraph graph)
    {
        Dictionary<string, GraphNode> producers = [];
        List<GraphNode> nodes = [];
        foreach (GraphNode node in graph.Nodes)
        {
            GraphNode shortest = node;
            while (Shorter(shortest, producers.GetValueOrDefault(shortest.Inputs.FirstOrDefault(""))) is { } shorter)
                shortest = shorter;
            nodes.Add(shortest);
            foreach (string output in shortest.Outputs)
                producers[output] = shortest;
        }
        return nodes;
    }

    private static GraphNode? Shorter(GraphNode node, GraphNode? before) => (node, before) switch
    {
        (ReshapeNode second, ReshapeNode first) => second with { Input = first.Input },
        (TransposeNode second, TransposeNode first) => Joined(second, first),
        (ReshapeNode second, TransposeNode first) when IsIdentity(first.Permutation) => second with { Input = first.Input },
        _ => null,
    };

    private static GraphNode Joined(TransposeNode second, TransposeNode first)
    {
        int[] permutation = [.. second.Permutation.Select(axis => first.Permutation[axis])];
        return IsIdentity(permutation) ? new ReshapeNode(second.Name, first.Input, second.Output) : second with { Input = first.Input, Permutation = permutation };
    }

    private static bool IsIdentity(int[] permutation) => permutation.SequenceEqual(Enumerable.Range(0, permutation.Length));
}
