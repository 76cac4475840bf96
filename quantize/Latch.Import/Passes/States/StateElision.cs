using Latch.Import.Graph;

namespace Latch.Import.Passes.States;

/// <summary>
/// Takes a state out of the ports when it is nothing but the states of recurrent layers: the input feeds only their initial states, the output is made only of
/// their final states, each element at the same place, with nothing in between but movements. The layers then carry the state themselves, from zero.
/// An output may also hold the states of several inputs one after the other, and nothing else.
/// </summary>
internal sealed class StateElision
{
    private const int MostNamed = 4;

    private readonly PassGraph _graph;
    private readonly ElementTrace _trace;

    private StateElision(PassGraph graph) => (_graph, _trace) = (graph, new ElementTrace(graph));

    /// <summary>Takes out pairs that are known, and with <paramref name="search"/> any input and output between which it is possible.</summary>
    public static void Apply(PassGraph graph, bool search) => new StateElision(graph).Apply(search);

    private void Apply(bool search)
    {
        IEnumerable<StatePair> found = search
            ? from input in Unpaired(_graph.Inputs, pair => pair.Input)
              from output in Unpaired(_graph.Outputs, pair => pair.Output)
              where SameShape(input, output) || (_graph.Count(input) < _graph.Count(output) && output != _graph.Outputs[0])
              select new StatePair(input, output)
            : [];
        Dictionary<StatePair, Initial[]> possible = [];
        foreach (StatePair pair in _graph.States.Concat(found).ToArray())
        {
            if (Initials(pair.Input) is { Length: > 0 } initials && Place(pair, initials) is int offset && (offset == 0 || !SameShape(pair.Input, pair.Output)))
                possible[pair with { Offset = offset }] = initials;
        }
        while (possible.FirstOrDefault(entry => !IsWhole(entry.Key, possible) || entry.Value.Any(initial => !AllGiven(initial.Node, possible))) is { Key: { } half })
            possible.Remove(half);
        // Something must come out.
        if (possible.Count > 0 && _graph.Outputs.Except(possible.Keys.Concat(_graph.States).Select(pair => pair.Output)).Any())
            TakeOut(possible);
    }

    private string[] Unpaired(List<string> ports, Func<StatePair, string> side) => [.. ports.Where(port => _graph.States.All(pair => side(pair) != port))];

    /// <summary>The initial states that an input feeds; null when it feeds anything else.</summary>
    private Initial[]? Initials(string input)
    {
        HashSet<Initial> initials = [];
        Stack<string> open = new([input]);
        while (open.TryPop(out string? value))
        {
            if (_graph.IsOutput(value))
                return null;
            foreach (GraphNode reader in _graph.Readers(value))
            {
                if (reader is MovementNode or ConcatNode)
                    open.Push(reader.Outputs[0]);
                else if (reader is not RecurrentNode { Reverse: false } node || node.X == value)
                    return null;
                else
                    initials.UnionWith(Roles(node).Where(initial => initial.Value == value));
            }
        }
        return [.. initials];
    }

    private static IEnumerable<Initial> Roles(RecurrentNode node)
    {
        if (node.InitialH is { } hidden)
            yield return new Initial(node, IsCell: false, hidden);
        if (node.InitialC is { } cell)
            yield return new Initial(node, IsCell: true, cell);
    }

    /// <summary>
    /// Where the output holds the state: each element that a layer starts from is, that many places further in the output, what the layer ends with. Null when
    /// one is not.
    /// </summary>
    private int? Place(StatePair pair, Initial[] initials)
    {
        (string Value, int At)[] origins = _trace.Origins(Elements.All(_graph, pair.Output));
        Final?[] finals = [.. origins.Select(origin => FinalOf(origin.Value, origin.At))];
        if (Enumerable.Range(0, finals.Length).Any(i => finals[i] is null && _graph.Constant(origins[i].Value) is null))
            return null;
        int? offset = null;
        foreach (Initial initial in initials)
        {
            (string Value, int At)[] starts = _trace.Origins(Elements.All(_graph, initial.Value));
            offset ??= Array.IndexOf(finals, new Final(initial.Node.Name, initial.IsCell, 0)) - starts[0].At;
            for (int unit = 0; unit < starts.Length; unit++)
            {
                int at = starts[unit].At + offset.Value;
                if (starts[unit].Value != pair.Input || at < 0 || at >= finals.Length || finals[at] != new Final(initial.Node.Name, initial.IsCell, unit))
                    return null;
            }
        }
        return offset;
    }

    /// <summary>Whether the states that an output of another shape holds fill it.</summary>
    private bool IsWhole(StatePair pair, Dictionary<StatePair, Initial[]> possible) => SameShape(pair.Input, pair.Output)
        || possible.Keys.Where(other => other.Output == pair.Output).Sum(other => _graph.Count(other.Input)) == _graph.Count(pair.Output);

    private bool SameShape(string input, string output) => _graph.Shape(input).AsSpan().SequenceEqual(_graph.Shape(output));

    private Final? FinalOf(string value, int at)
    {
        if (_graph.Producer(value) is not RecurrentNode { Reverse: false } node)
            return null;
        if (value == node.FinalC)
            return new Final(node.Name, IsCell: true, at);
        if (value == node.FinalH)
            return new Final(node.Name, IsCell: false, at);
        return at / node.HiddenSize == node.Steps - 1 ? new Final(node.Name, IsCell: false, at % node.HiddenSize) : null;
    }

    /// <summary>Whether a layer would start from nothing but zeros, constants and states that can be taken out.</summary>
    private bool AllGiven(RecurrentNode node, Dictionary<StatePair, Initial[]> possible) => Roles(node).All(initial =>
        _graph.Constant(initial.Value) is not null || possible.Values.Any(initials => initials.Contains(initial)));

    private void TakeOut(Dictionary<StatePair, Initial[]> possible)
    {
        HashSet<Initial> gone = [.. possible.Values.SelectMany(initials => initials)];
        _graph.CarryingLayers.UnionWith(gone.Select(initial => initial.Node.Name));
        foreach ((StatePair pair, Initial[] initials) in possible)
        {
            _graph.States.Remove(pair);
            _graph.LayerStates.Add(pair);
            _graph.Inputs.Remove(pair.Input);
            _graph.Outputs.Remove(pair.Output);
            string[] layers = [.. initials.Select(initial => $"'{initial.Node.Name}'").Distinct()];
            string named = layers.Length > MostNamed ? $"{string.Join(", ", layers.Take(MostNamed))} and {layers.Length - MostNamed} more" : string.Join(", ", layers);
            _graph.Notes.Add($"the state '{pair.Input}' -> '{pair.Output}' is no input and output any more: the layer{(layers.Length > 1 ? "s" : "")} {named} carr{(layers.Length > 1 ? "y" : "ies")} it, from zero");
        }
        _graph.Replace(_graph.Nodes.Select(node => node is RecurrentNode recurrent ? Without(recurrent, gone) : node));
        _graph.DropDead();
    }

    private static RecurrentNode Without(RecurrentNode node, HashSet<Initial> gone) => node with
    {
        InitialH = gone.Contains(new Initial(node, false, node.InitialH ?? "")) ? null : node.InitialH,
        InitialC = gone.Contains(new Initial(node, true, node.InitialC ?? "")) ? null : node.InitialC,
    };

    /// <summary>An initial state of a layer.</summary>
    private sealed record Initial(RecurrentNode Node, bool IsCell, string Value);

    /// <summary>An element of a layer's final state.</summary>
    private sealed record Final(string Node, bool IsCell, int Unit);
}
