using Latch.Import.Graph;

namespace Latch.Import.Passes.States;

/// <summary>Finds which inputs carry on what an output was in the step before.</summary>
internal static class StatePairing
{
    /// <summary>Takes the pairs that the options say.</summary>
    /// <exception cref="ImportException">A name is no input or output, occurs twice, or the shapes differ.</exception>
    public static void Take(PassGraph graph, IReadOnlyList<StatePair> pairs)
    {
        foreach (StatePair pair in pairs)
        {
            if (!graph.Inputs.Contains(pair.Input))
                throw Wrong(graph, pair, $"'{pair.Input}' is no input; the inputs are {Names(graph.Inputs)}");
            if (!graph.Outputs.Contains(pair.Output))
                throw Wrong(graph, pair, $"'{pair.Output}' is no output; the outputs are {Names(graph.Outputs)}");
            if (!SameShape(graph, pair.Input, pair.Output))
                throw Wrong(graph, pair, $"the shapes {TensorShape.Text(graph.Shape(pair.Input))} and {TensorShape.Text(graph.Shape(pair.Output))} differ");
            if (graph.States.Any(other => other.Input == pair.Input || other.Output == pair.Output))
                throw Wrong(graph, pair, "the input or the output is in two pairs");
            graph.States.Add(pair);
        }
    }

    /// <summary>Pairs inputs and outputs of one shape whose names say so, where that is clear.</summary>
    public static void ByName(PassGraph graph) => Add(graph, Unpaired(graph, (input, output) => StateNames.ArePair(input, output)), "names");

    /// <summary>
    /// Pairs an input and an output of one shape that no other input and no other output has, where neither is the first one: a caller gives the sample first and
    /// takes the result first. A state also makes a difference for what comes out beside it.
    /// </summary>
    public static void ByShape(PassGraph graph) => Add(
        graph,
        Unpaired(graph, (input, output) => graph.Shape(input).Length > 1 && IsLater(graph.Inputs, input) && IsLater(graph.Outputs, output) && IsAlone(graph, input) && DecidesOthers(graph, input, output)),
        "shapes");

    private static void Add(PassGraph graph, List<StatePair> pairs, string reason)
    {
        foreach (StatePair pair in pairs)
        {
            if (pairs.Any(other => other != pair && (other.Input == pair.Input || other.Output == pair.Output)))
                continue;
            if (graph.States.Count + 1 >= Math.Min(graph.Inputs.Count, graph.Outputs.Count))
                return; // Something must be given, and something must come out.
            graph.States.Add(pair);
            graph.Notes.Add($"the input '{pair.Input}' carries on the output '{pair.Output}' of the step before (found by their {reason})");
        }
    }

    private static List<StatePair> Unpaired(PassGraph graph, Func<string, string, bool> condition)
    {
        string[] inputs = [.. graph.Inputs.Where(input => graph.States.All(pair => pair.Input != input))];
        string[] outputs = [.. graph.Outputs.Where(output => graph.States.All(pair => pair.Output != output))];
        return [.. from input in inputs from output in outputs where input != output && SameShape(graph, input, output) && condition(input, output) select new StatePair(input, output)];
    }

    private static bool IsLater(List<string> ports, string port) => ports.IndexOf(port) > 0;

    private static bool IsAlone(PassGraph graph, string input) =>
        graph.Inputs.Count(other => SameShape(graph, other, input)) == 1 && graph.Outputs.Count(other => SameShape(graph, other, input)) == 1;

    private static bool DecidesOthers(PassGraph graph, string input, string output)
    {
        HashSet<string> decided = [input];
        foreach (GraphNode node in graph.Nodes.Where(node => node.Inputs.Any(decided.Contains)))
            decided.UnionWith(node.Outputs);
        return graph.Outputs.Any(other => other != output && graph.States.All(pair => pair.Output != other) && decided.Contains(other));
    }

    private static bool SameShape(PassGraph graph, string first, string second) => graph.Shape(first).AsSpan().SequenceEqual(graph.Shape(second));

    private static string Names(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"'{name}'"));

    private static ImportException Wrong(PassGraph graph, StatePair pair, string why) =>
        new(ImportErrorCode.UnsupportedForm, graph.Source, $"the state {pair.Input}={pair.Output} is not possible: {why}");
}
