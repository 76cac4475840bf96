using Latch.Import.Graph;

namespace Latch.Import.Passes.Cells;

/// <summary>Says which layers the file has not as such.</summary>
internal static class CellNotes
{
    /// <summary>A note per layer that <see cref="CellWriter"/> made.</summary>
    public static void Add(PassGraph graph)
    {
        foreach (RecurrentNode node in graph.Nodes.OfType<RecurrentNode>().Where(node => graph.WrittenOut.Contains(node.Name)))
            graph.Notes.Add($"the layer '{node.Name}', {node.Cell.ToString().ToUpperInvariant()} of {node.HiddenSize} units, is written out operator by operator in the file{(node.Steps > 1 ? $", over {node.Steps} steps" : "")}");
    }
}
