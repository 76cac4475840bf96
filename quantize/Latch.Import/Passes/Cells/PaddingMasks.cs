using Latch.Import.Graph;
using Latch.Import.Operators;

namespace Latch.Import.Passes.Cells;

/// <summary>
/// Takes masks out of loops: where a row is marked as padding, a masked layer keeps its state. A model that runs on live data gets no padding, so each row is
/// taken as data, and a note says so. Any other choice between a new state and the one before stays: it is part of what the model computes.
/// </summary>
internal sealed class PaddingMasks
{
    private readonly PassGraph _graph;
    private readonly ElementTrace _trace;
    private readonly PaddingCondition _condition;

    private PaddingMasks(PassGraph graph)
    {
        (_graph, _trace) = (graph, new ElementTrace(graph));
        _condition = new PaddingCondition(graph, _trace);
    }

    public static void Remove(PassGraph graph)
    {
        PaddingMasks pass = new(graph);
        Dictionary<string, string> unmasked = [];
        foreach (UnrolledLoop loop in graph.Loops)
        {
            int before = unmasked.Count;
            for (int iteration = 0; iteration < loop.Carried.Count; iteration++)
            {
                string[] inputs = iteration == 0 ? loop.Starts : loop.Carried[iteration - 1], outputs = loop.Carried[iteration];
                for (int i = 0; i < outputs.Length; i++)
                {
                    if (pass.Choice(outputs[i]) is { } choice && pass.New(choice, inputs[i], loop.Carried.Count) is { } taken)
                        unmasked[choice.Output] = taken;
                }
            }
            if (unmasked.Count > before)
                graph.Notes.Add($"the loop '{loop.Node}' keeps its state where a mask marks a row as padding; here every row is data, give none that is padding");
        }
        if (unmasked.Count > 0)
            graph.Replace(graph.Nodes.Select(node => unmasked.TryGetValue(node.Outputs[0], out string? taken) ? new ReshapeNode(node.Name, taken, node.Outputs[0]) : node));
    }

    /// <summary>The choice that a value is; null for anything else.</summary>
    private WhereNode? Choice(string value)
    {
        while (_graph.Producer(value) is ReshapeNode reshape)
            value = reshape.Input;
        return _graph.Producer(value) as WhereNode;
    }

    /// <summary>The new state of a choice between that and the state before, where padding decides; null for any other choice.</summary>
    private string? New(WhereNode choice, string before, int iterations)
    {
        bool keepsWhenTrue = IsSame(choice.WhenTrue, before);
        if (keepsWhenTrue == IsSame(choice.WhenFalse, before))
            return null;
        string taken = keepsWhenTrue ? choice.WhenFalse : choice.WhenTrue;
        bool sameShape = _graph.Shape(choice.Output).AsSpan().SequenceEqual(_graph.Shape(taken));
        return sameShape && _condition.Marks(choice.Condition, paddingIsTrue: keepsWhenTrue, iterations) ? taken : null;
    }

    private bool IsSame(string first, string second) => _graph.Count(first) == _graph.Count(second)
        && _trace.Origins(Elements.All(_graph, first)).AsSpan().SequenceEqual(_trace.Origins(Elements.All(_graph, second)));
}
