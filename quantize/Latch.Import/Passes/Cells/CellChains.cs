using Latch.Import.Graph;

namespace Latch.Import.Passes.Cells;

/// <summary>
/// Which of the cells that were found are layers. Cells with the same weights that start from one another's states are one layer over several steps, where it can
/// have the inputs of all steps before the first one. A cell alone is a layer only where something carries its state: what looks like a cell may be a
/// gate between two layers, which begins anew with every step.
/// </summary>
internal sealed class CellChains
{
    private readonly PassGraph _graph;
    private readonly FoundCells _found;
    private readonly CarriedStates _carried;
    private readonly Dictionary<FoundCell, FoundCell[]> _joined = new(ReferenceEqualityComparer.Instance);

    private CellChains(PassGraph graph, FoundCells found, bool search) => (_graph, _found, _carried) = (graph, found, new CarriedStates(graph, search));

    /// <summary>Puts recurrent nodes in the place of the cells that are layers.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="found">The cells.</param>
    /// <param name="search">Whether an input and an output may be a state though nothing says so but what the graph does with them.</param>
    public static void Write(PassGraph graph, FoundCells found, bool search)
    {
        CellChains chains = new(graph, found, search);
        FoundCell[][] layers = [.. chains.All().SelectMany(chains.Layers)];
        if (layers.Length == 0)
            return;
        IReadOnlyDictionary<string, string> finals = CellWriter.Write(graph, layers.SelectMany(cells => cells));
        foreach (FoundCell[] cells in layers)
            CellJoins.Join(graph, [.. cells.Select(cell => finals[cell.Parts.NewHidden])]);
    }

    /// <summary>The cells by chains, each in the order of its steps.</summary>
    private List<FoundCell[]> All()
    {
        Dictionary<FoundCell, FoundCell> next = new(ReferenceEqualityComparer.Instance);
        HashSet<FoundCell> followers = new(ReferenceEqualityComparer.Instance);
        foreach (FoundCell cell in _found.Cells)
        {
            if (_found.Before(cell, _graph) is { } before && next.TryAdd(before, cell))
                followers.Add(cell);
        }
        List<FoundCell[]> chains = [];
        foreach (FoundCell first in _found.Cells.Where(cell => !followers.Contains(cell)))
        {
            List<FoundCell> chain = [first];
            while (next.TryGetValue(chain[^1], out FoundCell? following))
                chain.Add(following);
            chains.Add([.. chain]);
        }
        return chains;
    }

    /// <summary>What a chain becomes: one layer, a layer per cell, or nothing.</summary>
    private IEnumerable<FoundCell[]> Layers(FoundCell[] chain)
    {
        if (chain.Length > 1 && FeedsItself(chain))
            return [];
        if (chain.Length == 1 || !CanJoin(chain))
            return [.. chain.Where(cell => _carried.Carries(cell.Parts)).Select(cell => new[] { cell })];
        foreach (FoundCell cell in chain)
            _joined[cell] = chain;
        return [chain];
    }

    /// <summary>
    /// Whether the input of a step depends on the states of a step before in any other way than as its initial states. A layer yields no step before it has the
    /// inputs of all of them.
    /// </summary>
    private bool FeedsItself(FoundCell[] chain)
    {
        HashSet<FoundCell> own = new(chain, ReferenceEqualityComparer.Instance), passed = new(ReferenceEqualityComparer.Instance);
        HashSet<string> seen = [];
        Stack<string> open = new(chain.SelectMany(cell => cell.Parts.Inputs).Select(input => input.Value));
        while (open.TryPop(out string? value))
        {
            if (!seen.Add(value))
                continue;
            FoundCell? state = _found.Of(value);
            if (state is not null && own.Contains(state))
                return true;
            FoundCell[] whole = state is not null && _joined.TryGetValue(state, out FoundCell[]? cells) && passed.Add(cells[0]) ? cells : [];
            foreach (string before in whole.SelectMany(cell => cell.Parts.Inputs).Select(input => input.Value).Concat(_graph.Producer(value)?.Inputs ?? []))
                open.Push(before);
        }
        return false;
    }

    /// <summary>Whether nothing reads the cell states in between but the cells themselves: a layer yields the last one only.</summary>
    private bool CanJoin(FoundCell[] chain)
    {
        for (int step = 0; step < chain.Length - 1; step++)
        {
            CellParts cell = chain[step].Parts, next = chain[step + 1].Parts;
            if (cell.NewCell is { } state && !StaysWithin(state, [cell.NewHidden, next.NewHidden, next.NewCell!]))
                return false;
        }
        return true;
    }

    /// <summary>Whether all that is computed from a value ends in some values.</summary>
    private bool StaysWithin(string value, HashSet<string> ends)
    {
        HashSet<string> seen = [];
        Stack<string> open = new([value]);
        while (open.TryPop(out string? from))
        {
            if (ends.Contains(from) || !seen.Add(from))
                continue;
            if (_graph.IsOutput(from) || (from != value && _found.Of(from) is not null))
                return false;
            foreach (string output in _graph.Readers(from).SelectMany(reader => reader.Outputs))
                open.Push(output);
        }
        return true;
    }
}
