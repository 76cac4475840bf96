using Latch.Import.Graph;

namespace Latch.Quantize;

/// <summary>
/// Causal convolutions over time, step by step: what a window sees of the steps before is a state of the model for one step. From zeros it goes through what
/// the padding before a whole sequence holds, so that the results are the same.
/// </summary>
internal static class CarriedWindows
{
    /// <summary>Whether the windows see their own step and steps before it: one window a step, padded by its whole reach before the first.</summary>
    /// <param name="node">The convolution.</param>
    /// <param name="time">The time axis of its input, and of its output.</param>
    public static bool IsCausal(ConvNode node, int time) =>
        time >= 2 && node.Window.Strides[time - 2] == 1 && node.Window.Before[time - 2] == Reach(node, time);

    /// <summary>The model for one step with a state for each causal convolution; the model itself when it has none.</summary>
    /// <param name="model">The model for a window of several steps, whose time axes <see cref="Causality"/> has found sound.</param>
    /// <param name="single">The same model for one step.</param>
    public static FloatModel Carry(FloatModel model, FloatModel single)
    {
        Dictionary<string, int[]> shapes = [];
        List<StatePair> states = [];
        List<GraphNode> nodes = [];
        HashSet<string> taken = [.. single.Inputs.Select(static input => input.Name), .. single.Constants.Keys, .. single.Nodes.SelectMany(static node => node.Outputs.Append(node.Name))];
        foreach (GraphNode node in single.Nodes)
        {
            if (node is ConvNode conv && TimeAxis.Of(model, single, conv.Input) is >= 2 and var time && Reach(conv, time) > 0)
                nodes.AddRange(Carry(conv, time, single.Shape(conv.Input), taken, shapes, states));
            else
                nodes.Add(node);
        }
        return states.Count == 0 ? single : single.With(nodes, [.. single.States, .. states], shapes);
    }

    // The steps that the window saw before and the new one: the convolution sees them, the last of them are the next step's past.
    private static GraphNode[] Carry(ConvNode node, int time, int[] input, HashSet<string> taken, Dictionary<string, int[]> shapes, List<StatePair> states)
    {
        string past = Free(taken, $"{node.Name}.past"), seen = Free(taken, $"{node.Name}.seen"), next = Free(taken, $"{node.Name}.next");
        int reach = Reach(node, time);
        shapes[past] = shapes[next] = With(input, time, reach);
        shapes[seen] = With(input, time, reach + 1);
        states.Add(new StatePair(past, next));
        int[] starts = With(new int[input.Length], time, 1);
        WindowGeometry window = node.Window with { Before = With(node.Window.Before, time - 2, 0) };
        return
        [
            new ConcatNode(seen, [past, node.Input], seen, time),
            node with { Input = seen, Window = window },
            new SliceNode(next, seen, next, starts, [.. input.Select(static _ => 1)]),
        ];
    }

    private static string Free(HashSet<string> taken, string name)
    {
        while (!taken.Add(name))
            name += "'";
        return name;
    }

    // Steps before its own that a window sees.
    private static int Reach(ConvNode node, int time) => (node.Weights.Shape[time] - 1) * node.Window.Dilations[time - 2];

    private static int[] With(int[] numbers, int at, int number) => [.. numbers.Select((old, i) => i == at ? number : old)];
}
