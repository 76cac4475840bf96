using Latch.Import.Graph;
using Latch.Import.Operators;

namespace Latch.Import.Passes.Cells;

/// <summary>Puts the constants that loops start from back into the graph, see <see cref="UnrolledLoop.Start"/>.</summary>
internal static class LoopStarts
{
    public static void Close(PassGraph graph)
    {
        if (graph.Starts.Count > 0)
            graph.Redirect(graph.Starts.ToDictionary(start => start.Key, start => start.Value.Name));
    }
}
