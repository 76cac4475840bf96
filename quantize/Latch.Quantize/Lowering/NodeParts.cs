using Latch.Import.Graph;

namespace Latch.Quantize.Lowering;

/// <summary>Nodes whose output consists of elements of several values.</summary>
internal static class NodeParts
{
    /// <summary>Those values; none for another node.</summary>
    public static IReadOnlyList<string> Of(GraphNode node) => node switch
    {
        ConcatNode concat => concat.Parts,
        WhereNode where => [where.WhenTrue, where.WhenFalse],
        ScatterNode scatter => [scatter.Data, scatter.Updates],
        _ => [],
    };
}
