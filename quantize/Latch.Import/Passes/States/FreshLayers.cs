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

    /// <summary>
    /// Marks all layers of a model whose inputs do not follow the steps of its layers (a convolution makes 313 steps of 1,250 samples): what it takes in is one
    /// step, in which its layers begin and end.
    /// </summary>
    /// <returns>The number of steps, 1.</returns>
    public static int MarkAll(PassGraph graph, int steps)
    {
        graph.Replace(graph.Nodes.Select(node => node is RecurrentNode layer ? layer with { StartsAnew = true } : node));
        graph.Notes.Add($"the inputs do not follow the {steps} steps of the layers: all that the model takes in is one row of data");
        return 1;
    }

    private static bool IsFresh(PassGraph graph, RecurrentNode layer) =>
        !graph.CarryingLayers.Contains(layer.Name) && IsFixed(graph, layer.InitialH) && IsFixed(graph, layer.InitialC);

    private static bool IsFixed(PassGraph graph, string? state) => state is null || graph.Constant(state) is not null;
}
