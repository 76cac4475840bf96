using Latch.Import.Graph;

namespace Latch.Import.Passes.Cells;

/// <summary>Which of the vectors that an LSTM's gates multiply is the hidden state of the step before: in one step it looks the same as the input.</summary>
internal sealed class PreviousState(PassGraph graph, FoundCells found)
{
    private readonly HashSet<string> _given = [.. graph.Inputs];
    private readonly HashSet<string> _states = [.. graph.States.Select(pair => pair.Input)];
    private readonly HashSet<string> _carried = [.. graph.Loops.SelectMany(loop => loop.Starts)];

    /// <summary>The hidden state that goes with a cell state; null when that is not clear.</summary>
    /// <param name="cell">The cell state of the step before.</param>
    /// <param name="sources">The vectors that matrices multiply.</param>
    /// <param name="units">The number of units.</param>
    public Elements? Find(Elements cell, IEnumerable<Elements> sources, int units)
    {
        Elements[] candidates = [.. sources.DistinctBy(source => source.Key).Where(source => source.Count == units)];
        return Only(candidates, source => IsOfTheSameStep(source, cell))
            ?? Only(candidates, source => graph.ConstantOrStart(source.Value) is not null)
            ?? Only(candidates, source => source.Value == cell.Value && source.Key != cell.Key && _given.Contains(cell.Value))
            ?? Only(candidates, source => _states.Contains(source.Value))
            ?? Only(candidates, source => _carried.Contains(source.Value))
            ?? Only(candidates, source => _given.Contains(source.Value));
    }

    /// <summary>Whether a vector is the hidden state that a cell found before wrote together with a cell state.</summary>
    private bool IsOfTheSameStep(Elements source, Elements cell) =>
        found.Of(cell.Value) is { } before && before.Parts.NewHidden == source.Value && before.Parts.NewCell == cell.Value;

    private static Elements? Only(Elements[] candidates, Func<Elements, bool> condition) =>
        candidates.Where(condition).Take(2).ToArray() is [{ } only] ? only : null;
}
