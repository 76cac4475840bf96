using Latch.Import.Graph;

namespace Latch.Import.Passes;

/// <summary>The passes over a graph, in their order.</summary>
internal static class GraphPasses
{
    public static void Apply(PassGraph graph, IReadOnlyList<StatePair>? states)
    {
        ConstantOutputs.Drop(graph);
        graph.DropDead();
        DenseBiases.Merge(graph);
        ConstantNodes.Fold(graph);
        graph.DropDead();
    }
}
