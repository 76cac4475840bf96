using Latch.Import.Graph;

namespace Latch.Import.Passes.States;

/// <summary>
/// Marks, in a model that hands states on, the layers that are given none of them: the file starts them anew with every run, as those that walk along another
/// axis than time (the bands of a spectrum) do.
/// </summary>
internal static class FreshLayers
{
    public static void Mark(PassGraph graph)
    {
        if (graph.States.Count + graph.LayerStates.Count > 0)
            graph.Replace(graph.Nodes.Select(node => node is RecurrentNode layer && IsFresh(graph, layer) ? layer with { StartsAnew = true } : node));
    }

    private static bool IsFresh(PassGraph graph, RecurrentNode layer) =>
        !graph.CarryingLayers.Contains(layer.Name) && IsFixed(graph, layer.InitialH) && IsFixed(graph, layer.InitialC);

    private static bool IsFixed(PassGraph graph, string? state) => state is null || graph.Constant(state) is not null;
}
