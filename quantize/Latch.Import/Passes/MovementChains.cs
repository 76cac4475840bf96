using Latch.Import.Graph;

namespace Latch.Import.Passes;

/// <summary>
/// Cancels movements: a change of shape of a change of shape is one; two transpositions are one, or none; parts that are joined again to what they were are a
/// change of shape. Nothing here depends on a length being 1, so that the graph is the same for any number of steps.
/// </summary>
internal static class MovementChains
{
    public static void Cancel(PassGraph graph)
    {
        ElementTrace trace = new(graph);
        graph.Replace(graph.Nodes.Select(node => node is ConcatNode concat && Whole(graph, trace, concat) is { } value ? new ReshapeNode(concat.Name, value, concat.Output) : node).ToArray());
        while (Step(graph))
        {
        }
        graph.DropDead();
    }

    /// <summary>The value that is put together again, all of it and in order.</summary>
    private static string? Whole(PassGraph graph, ElementTrace trace, ConcatNode concat) =>
        trace.Source(Elements.All(graph, concat.Output)) is { } source && source.Value != concat.Output && source.IsAll(graph) ? source.Value : null;

    private static bool Step(PassGraph graph)
    {
        foreach (GraphNode node in graph.Nodes)
        {
            GraphNode? shorter = (node, graph.Producer(node.Inputs.FirstOrDefault(""))) switch
            {
                (ReshapeNode second, ReshapeNode first) => second with { Input = first.Input },
                (TransposeNode second, TransposeNode first) => Joined(second, first),
                (ReshapeNode second, TransposeNode first) when IsIdentity(first.Permutation) => second with { Input = first.Input },
                _ => null,
            };
            if (shorter is null)
                continue;
            graph.Replace(graph.Nodes.Select(other => ReferenceEquals(other, node) ? shorter : other).ToArray());
            return true;
        }
        return false;
    }

    private static GraphNode Joined(TransposeNode second, TransposeNode first)
    {
        int[] permutation = [.. second.Permutation.Select(axis => first.Permutation[axis])];
        return IsIdentity(permutation) ? new ReshapeNode(second.Name, first.Input, second.Output) : second with { Input = first.Input, Permutation = permutation };
    }

    private static bool IsIdentity(int[] permutation) => permutation.SequenceEqual(Enumerable.Range(0, permutation.Length));
}
