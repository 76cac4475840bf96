using Latch.Import.Graph;
using Latch.Import.Operators;

namespace Latch.Import.Passes.Cells;

/// <summary>Whether something carries the states of a cell from one step to the next: a state of the model, a loop, or an input and an output that do nothing else.</summary>
internal sealed class CarriedStates
{
    private readonly PassGraph _graph;
    private readonly bool _search;
    private readonly ElementTrace _trace;
    private readonly HashSet<string> _states;
    private readonly ILookup<string, string> _loopInputs;

    /// <param name="graph">The graph.</param>
    /// <param name="search">Whether an input and an output may be a state though nothing says so.</param>
    public CarriedStates(PassGraph graph, bool search)
    {
        (_graph, _search, _trace) = (graph, search, new ElementTrace(graph));
        _states = [.. graph.States.Select(pair => pair.Input)];
        _loopInputs = graph.Loops.SelectMany(Pairs).ToLookup(pair => pair.Output, pair => pair.Input);
    }

    public bool Carries(CellParts cell) => Carries(cell.Hidden, cell.NewHidden) && (cell.Cell is not { } state || Carries(state, cell.NewCell!));

    /// <summary>What each iteration gets and hands on, value by value.</summary>
    private static IEnumerable<(string Input, string Output)> Pairs(UnrolledLoop loop) =>
        loop.Carried.SelectMany((names, iteration) => names.Zip(iteration == 0 ? loop.Starts : loop.Carried[iteration - 1], (output, input) => (input, output)));

    private bool Carries(Elements state, string newState)
    {
        if (_states.Contains(state.Value))
            return true;
        if (Reached(newState).SelectMany(output => _loopInputs[output].Select(input => (input, output))).Any(pair => HandsOn(pair.input, pair.output, state, newState)))
            return true;
        // The first input is the sample and the first output the result: these two are no state unless somebody says so.
        return _search && IsLater(_graph.Inputs, state.Value) && _graph.Outputs.Any(output =>
            IsLater(_graph.Outputs, output) && _graph.States.All(pair => pair.Output != output) && HandsOn(state.Value, output, state, newState));
    }

    private static bool IsLater(List<string> ports, string port) => ports.IndexOf(port) > 0;

    /// <summary>The value itself, and what it only moves into.</summary>
    private HashSet<string> Reached(string value)
    {
        HashSet<string> reached = [];
        Stack<string> open = new([value]);
        while (open.TryPop(out string? from))
        {
            if (!reached.Add(from))
                continue;
            foreach (GraphNode reader in _graph.Readers(from).Where(reader => reader is MovementNode or ConcatNode))
                open.Push(reader.Outputs[0]);
        }
        return reached;
    }

    /// <summary>Whether a state's elements are at the same places of one value as the new state's are of another.</summary>
    private bool HandsOn(string input, string output, Elements state, string newState)
    {
        if (!_graph.Shape(input).AsSpan().SequenceEqual(_graph.Shape(output)))
            return false;
        (string Value, int At)[] before = _trace.Origins(Elements.All(_graph, input)), after = _trace.Origins(Elements.All(_graph, output));
        Dictionary<(string, int), int> places = [];
        for (int i = 0; i < before.Length; i++)
            places.TryAdd(before[i], i);
        for (int unit = 0; unit < state.Count; unit++)
        {
            if (!places.TryGetValue((state.Value, state.At[unit]), out int place) || after[place] != (newState, unit))
                return false;
        }
        return true;
    }
}
