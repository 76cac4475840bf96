using Latch.Import.Graph;

namespace Latch.Import.Passes.Cells;

/// <summary>
/// Joins cells of one step that hand on their states, with the same weights, to one recurrent node over all steps: what an unrolled loop comes to. A cell of a
/// loop of one iteration becomes such a node too, so that the graph does not depend on the number of steps.
/// </summary>
internal sealed class CellChains
{
    private readonly PassGraph _graph;
    private readonly ElementTrace _trace;
    private readonly HashSet<string> _finals;

    private CellChains(PassGraph graph, IEnumerable<string> finals) => (_graph, _trace, _finals) = (graph, new ElementTrace(graph), [.. finals]);

    /// <summary>Joins cells.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="finals">The cells that <see cref="WrittenOutCells"/> found, by the names of their hidden states.</param>
    public static void Join(PassGraph graph, IReadOnlyList<string> finals)
    {
        finals = [.. finals.Where(final => graph.Producer(final) is RecurrentNode)];
        CellChains chains = new(graph, finals);
        Dictionary<string, string> next = [];
        HashSet<string> followers = [];
        foreach (string final in finals)
        {
            if (chains.Before(chains.Cell(final)) is { } before && next.TryAdd(before.FinalH!, final))
                followers.Add(final);
        }
        foreach (string first in finals.Where(final => !followers.Contains(final)))
        {
            List<string> chain = [first];
            while (next.TryGetValue(chain[^1], out string? following))
                chain.Add(following);
            // What a join changes, the trace of the one before has not seen.
            CellChains now = new(graph, finals);
            RecurrentNode[] cells = [.. chain.Select(now.Cell)];
            if ((cells.Length > 1 || now.IsOfALoop(first)) && now.CanJoin(cells))
                now.Join(cells);
        }
    }

    private RecurrentNode Cell(string final) => (RecurrentNode)_graph.Producer(final)!;

    /// <summary>Whether a loop hands a hidden state on.</summary>
    private bool IsOfALoop(string value) => _graph.Loops.Any(loop => loop.Carried.Any(names => names.Contains(value)))
        || _graph.Readers(value).Any(reader => reader is MovementNode && IsOfALoop(reader.Outputs[0]));

    /// <summary>The cell whose states a cell starts from.</summary>
    private RecurrentNode? Before(RecurrentNode cell)
    {
        if (cell.InitialH is not { } hidden || _trace.Source(Elements.All(_graph, hidden)) is not { } from || !from.IsAll(_graph) || !_finals.Contains(from.Value))
            return null;
        RecurrentNode before = Cell(from.Value);
        bool sameCell = cell.Cell != CellKind.Lstm
            || (cell.InitialC is { } state && _trace.Source(Elements.All(_graph, state)) is { } source && source.Value == before.FinalC && source.IsAll(_graph));
        return sameCell && SameCell(before, cell) ? before : null;
    }

    private static bool SameCell(RecurrentNode a, RecurrentNode b) => a.Cell == b.Cell
        && a.LinearBeforeReset == b.LinearBeforeReset
        && a.Activations.SequenceEqual(b.Activations)
        && ReferenceEquals(a.InputWeights, b.InputWeights)
        && ReferenceEquals(a.RecurrentWeights, b.RecurrentWeights)
        && ReferenceEquals(a.InputBias, b.InputBias)
        && ReferenceEquals(a.RecurrentBias, b.RecurrentBias)
        && ReferenceEquals(a.Peepholes, b.Peepholes);

    /// <summary>
    /// Whether a recurrent node yields all that is read: of the cell states the last one only. It gets the inputs of all steps before the first one, so that none
    /// of them may be computed from what another step yields.
    /// </summary>
    private bool CanJoin(RecurrentNode[] chain)
    {
        if (FeedsItself(chain))
            return false;
        for (int step = 0; step < chain.Length - 1; step++)
        {
            if (chain[step].FinalC is { } state && !ReadOnlyBy(state, chain[step + 1]))
                return false;
        }
        return true;
    }

    /// <summary>Whether the input of a step depends on the states of a step before in any other way than as its initial states.</summary>
    private bool FeedsItself(RecurrentNode[] chain)
    {
        HashSet<GraphNode> cells = new(chain, ReferenceEqualityComparer.Instance), seen = new(ReferenceEqualityComparer.Instance);
        Stack<string> open = new(chain.Select(cell => cell.X));
        while (open.TryPop(out string? value))
        {
            if (_graph.Producer(value) is not { } producer || !seen.Add(producer))
                continue;
            if (cells.Contains(producer))
                return true;
            foreach (string input in producer.Inputs)
                open.Push(input);
        }
        return false;
    }

    private bool ReadOnlyBy(string value, RecurrentNode node) => !_graph.IsOutput(value)
        && _graph.Readers(value).All(reader => ReferenceEquals(reader, node) || (reader is MovementNode && ReadOnlyBy(reader.Outputs[0], node)));

    private void Join(RecurrentNode[] chain)
    {
        RecurrentNode first = chain[0], last = chain[^1];
        int steps = chain.Length, units = first.HiddenSize;
        List<GraphNode> added = [];
        (string x, bool reverse) = Sequence(chain, added);
        string sequence = _graph.Define($"{first.Name}/Y", [steps, units]);
        added.Add(first with { Steps = steps, Reverse = reverse, X = x, Y = sequence, FinalH = null, FinalC = first.FinalC });
        for (int step = 0; step < steps - 1; step++)
            Row(sequence, reverse ? steps - 1 - step : step, chain[step + 1].FinalH!, added);
        Row(sequence, reverse ? 0 : steps - 1, first.FinalH!, added);
        Dictionary<string, string> renamed = [];
        for (int step = 0; step < steps; step++)
            renamed[chain[step].FinalH!] = step == steps - 1 ? first.FinalH! : chain[step + 1].FinalH!;
        if (last.FinalC is { } cell)
            renamed[cell] = first.FinalC!;
        HashSet<GraphNode> gone = new(chain, ReferenceEqualityComparer.Instance);
        _graph.Replace([.. _graph.Nodes.Where(node => !gone.Contains(node)).Select(node => node.Inputs.Any(renamed.ContainsKey) ? NodeInputs.Renamed(node, name => renamed.GetValueOrDefault(name, name)) : node), .. added]);
        _graph.DropDead();
    }

    /// <summary>One step's hidden state out of the sequence.</summary>
    private void Row(string sequence, int row, string hidden, List<GraphNode> added)
    {
        string slice = _graph.Define($"{hidden}/row", [1, _graph.Count(hidden)]);
        added.Add(new SliceNode(_graph.UniqueNodeName(slice), sequence, slice, [row, 0], [1, 1]));
        added.Add(new ReshapeNode(_graph.UniqueNodeName(hidden), slice, hidden));
    }

    /// <summary>The inputs of all steps as [T,I], in time order: the whole of one value where that is so.</summary>
    private (string X, bool Reverse) Sequence(RecurrentNode[] chain, List<GraphNode> added)
    {
        Elements?[] rows = [.. chain.Select(cell => _trace.Source(Elements.All(_graph, cell.X)))];
        string name = _graph.Define($"{chain[0].Name}/sequence", [chain.Length, chain[0].InputSize]);
        string node = _graph.UniqueNodeName(name);
        if (rows.All(row => row is not null && row.Value == rows[0]!.Value))
        {
            string source = rows[0]!.Value;
            foreach (bool reverse in new[] { false, true })
            {
                Elements all = new(source, [.. (reverse ? rows.Reverse() : rows).SelectMany(row => row!.At)]);
                if (!all.IsAll(_graph))
                    continue;
                added.Add(new ReshapeNode(node, source, name));
                return (name, reverse);
            }
        }
        added.Add(new ConcatNode(node, [.. chain.Select(cell => cell.X)], name, 0));
        return (name, false);
    }
}
