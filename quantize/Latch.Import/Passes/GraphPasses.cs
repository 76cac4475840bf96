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
        PaddingMasks.Remove(graph);
        CellChains.Write(graph, WrittenOutCells.Find(graph), search: states is null);
        LoopCheck.Check(graph);
        LoopStarts.Close(graph);
        ConstantNodes.Fold(graph);
        LayerNormalizations.Recognise(graph);
        NeutralOperations.Remove(graph);
        WindowPadding.Fold(graph);
        ScaleFolding.Fold(graph);
        StateElision.Apply(graph, search: states is null);
        if (states is null)
            StatePairing.ByShape(graph);
        FreshLayers.Mark(graph);
        MovementChains.Cancel(graph);
        UnreadInputs.Drop(graph);
        CellNotes.Add(graph);
    }
}
