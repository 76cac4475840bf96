using Latch.Import.Graph;

namespace Latch.Import.Passes.Cells;

/// <summary>A cell that was found, with its weights.</summary>
internal sealed record FoundCell(CellParts Parts, CellWeights Weights);

/// <summary>The cells found so far. Their states are vectors of their own: nothing takes them apart, though the nodes that compute them are still there.</summary>
internal sealed class FoundCells
{
    private readonly Dictionary<string, FoundCell> _byState = [];
    private readonly List<FoundCell> _cells = [];

    /// <summary>All cells, in the order of the graph.</summary>
    public IReadOnlyList<FoundCell> Cells => _cells;

    public void Add(FoundCell cell)
    {
        _cells.Add(cell);
        _byState[cell.Parts.NewHidden] = cell;
        if (cell.Parts.NewCell is { } state)
            _byState[state] = cell;
    }

    /// <summary>The cell that a value is a new state of.</summary>
    public FoundCell? Of(string value) => _byState.GetValueOrDefault(value);

    /// <summary>The cell whose new states are all of the states that another one starts from; with the same weights, they are two steps of one layer.</summary>
    public FoundCell? Before(FoundCell cell, PassGraph graph)
    {
        Elements hidden = cell.Parts.Hidden;
        if (Of(hidden.Value) is not { } before || before.Parts.NewHidden != hidden.Value || !hidden.IsAll(graph))
            return null;
        bool sameCell = cell.Parts.Cell is not { } state || (state.Value == before.Parts.NewCell && state.IsAll(graph));
        bool sameLayer = before.Parts.Kind == cell.Parts.Kind
            && before.Parts.LinearBeforeReset == cell.Parts.LinearBeforeReset
            && before.Parts.Activations.SequenceEqual(cell.Parts.Activations)
            && before.Weights == cell.Weights;
        return sameCell && sameLayer ? before : null;
    }
}
