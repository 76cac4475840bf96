using Latch.Import.Graph;

namespace Latch.Import.Passes.Cells;

/// <summary>
/// Joins recurrent nodes of one step that hand on their states, with the same weights, to one over all steps: what an unrolled loop comes to. A node of a loop
/// of one iteration becomes one with a sequence too, so that the graph does not depend on the number of steps.
/// </summary>
internal sealed class CellJoins
{
    private readonly PassGraph _graph;
    private readonly ElementTrace _trace;

    private CellJoins(PassGraph graph) => (_graph, _trace) = (graph, new ElementTrace(graph));

    /// <summary>Joins nodes.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="finals">The names of the hidden states that the nodes write, step after step.</param>
    public static void Join(PassGraph graph, IReadOnlyList<string> finals)
    {
        CellJoins joins = new(graph);
        if (finals.All(final => graph.Producer(final) is RecurrentNode) && (finals.Count > 1 || joins.IsOfALoop(finals[0])))
            joins.Join([.. finals.Select(final => (RecurrentNode)graph.Producer(final)!)]);
    }

    /// <summary>Whether a loop hands a hidden state on.</summary>
    private bool IsOfALoop(string value) => _graph.Loops.Any(loop => loop.Carried.Any(names => names.Contains(value)))
        || _graph.Readers(value).Any(reader => reader is MovementNode && IsOfALoop(reader.Outputs[0]));

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
