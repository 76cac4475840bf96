using Latch.Import.Graph;

namespace Latch.Import.Passes;

/// <summary>Nodes with other names for the values they read.</summary>
internal static class NodeInputs
{
    public static GraphNode Renamed(GraphNode node, Func<string, string> rename) => node switch
    {
        RecurrentNode n => n with { X = rename(n.X), InitialH = Optional(n.InitialH, rename), InitialC = Optional(n.InitialC, rename) },
        DenseNode n => n with { Input = rename(n.Input) },
        MatMulNode n => n with { Left = rename(n.Left), Right = rename(n.Right) },
        BinaryNode n => n with { Left = rename(n.Left), Right = rename(n.Right) },
        AffineNode n => n with { Input = rename(n.Input) },
        ActivationNode n => n with { Input = rename(n.Input) },
        SoftmaxNode n => n with { Input = rename(n.Input) },
        ReduceNode n => n with { Input = rename(n.Input) },
        LayerNormNode n => n with { Input = rename(n.Input) },
        ConvNode n => n with { Input = rename(n.Input) },
        ConvTransposeNode n => n with { Input = rename(n.Input) },
        PoolNode n => n with { Input = rename(n.Input) },
        CompareNode n => n with { Left = rename(n.Left), Right = rename(n.Right) },
        WhereNode n => n with { Condition = rename(n.Condition), WhenTrue = rename(n.WhenTrue), WhenFalse = rename(n.WhenFalse) },
        ArgMaxNode n => n with { Input = rename(n.Input) },
        EmbeddingNode n => n with { Indices = rename(n.Indices) },
        ScatterNode n => n with { Data = rename(n.Data), Updates = rename(n.Updates) },
        ConcatNode n => n with { Parts = [.. n.Parts.Select(rename)] },
        MovementNode n => n with { Input = rename(n.Input) },
        _ => throw new ArgumentException($"no inputs known of {node.GetType().Name}", nameof(node)),
    };

    private static string? Optional(string? name, Func<string, string> rename) => name is null ? null : rename(name);
}
