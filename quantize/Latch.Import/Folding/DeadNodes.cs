using Latch.Import.Graph;

namespace Latch.Import.Folding;

/// <summary>Drops nodes whose outputs nothing reads, and the unread outputs of recurrent nodes.</summary>
internal static class DeadNodes
{
    public static List<GraphNode> Drop(IReadOnlyList<GraphNode> nodes, IEnumerable<string> outputs)
    {
        HashSet<string> read = [.. outputs];
        List<GraphNode> live = [];
        foreach (GraphNode node in nodes.Reverse())
        {
            if (!node.Outputs.Any(read.Contains))
                continue;
            read.UnionWith(node.Inputs);
            live.Add(node is RecurrentNode recurrent ? WithoutUnread(recurrent, read) : node);
        }
        live.Reverse();
        return live;
    }

    private static RecurrentNode WithoutUnread(RecurrentNode node, HashSet<string> read) => node with
    {
        Y = Kept(node.Y, read),
        FinalH = Kept(node.FinalH, read),
        FinalC = Kept(node.FinalC, read),
    };

    private static string? Kept(string? name, HashSet<string> read) => name is not null && read.Contains(name) ? name : null;
}
