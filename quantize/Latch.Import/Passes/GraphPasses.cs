using Latch.Import.Graph;
using Latch.Import.Passes.Cells;
using Latch.Import.Passes.States;

namespace Latch.Import.Passes;

/// <summary>The passes over a graph, in their order.</summary>
internal static class GraphPasses
{
    public static void Apply(PassGraph graph, IReadOnlyList<StatePair>? states)
    {
        ConstantOutputs.Drop(graph);
        graph.DropDead();
        StatePairing.Take(graph, states ?? []);
        if (states is null)
            StatePairing.ByName(graph);
        DenseBiases.Merge(graph);
        WrittenOutCells.Recognise(graph);
        ConstantNodes.Fold(graph);
        StateElision.Apply(graph, search: states is null);
        if (states is null)
            StatePairing.ByShape(graph);
        UnreadInputs.Drop(graph);
        graph.DropDead();
    }
}
