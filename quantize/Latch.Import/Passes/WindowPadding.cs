using Latch.Import.Graph;
using Latch.Import.Operators;

namespace Latch.Import.Passes;

/// <summary>
/// Padding becomes the convolution's own: zeros that are put around its input (before axes are turned or added, too), and first elements that alone are kept of
/// its output, as where a causal convolution is padded on both sides and cut.
/// </summary>
internal static class WindowPadding
{
    public static void Fold(PassGraph graph)
    {
        while (graph.Nodes.OfType<ConvNode>().FirstOrDefault(node => FoldPad(graph, node) || FoldCrop(graph, node)) is not null)
        {
            // Each round changes one convolution.
        }
    }

    private static bool FoldCrop(PassGraph graph, ConvNode node)
    {
        if (!graph.HasOnlyReader(node.Output, out GraphNode? reader) || reader is not SliceNode slice || slice.Starts.Any(start => start != 0) || slice.Strides.Any(stride => stride != 1))
            return false;
        int[] cut = [.. graph.Shape(node.Output).Zip(graph.Shape(slice.Output), (all, kept) => all - kept)];
        int[] after = [.. node.Window.After.Select((pad, axis) => pad - (cut[axis + 2] * node.Window.Strides[axis]))];
        if (cut[0] > 0 || cut[1] > 0 || after.Any(pad => pad < 0))
            return false;
        graph.Exchange([node, slice], node with { Output = slice.Output, Window = node.Window with { After = after } });
        return true;
    }

    private static bool FoldPad(PassGraph graph, ConvNode node)
    {
        List<MovementNode> between = [];
        string value = node.Input;
        while (graph.HasOnlyReader(value, out _) && graph.Producer(value) is TransposeNode or ReshapeNode)
        {
            between.Insert(0, (MovementNode)graph.Producer(value)!);
            value = between[0].Input;
        }
        if (!graph.HasOnlyReader(value, out _) || graph.Producer(value) is not PickNode { Fill: 0 } pick || Zeros(graph, pick) is not { } pads)
            return false;
        foreach (MovementNode move in between)
            pads = Moved(graph, move, pads);
        if (pads.Count == 0 || pads.ContainsKey(0) || pads.ContainsKey(1))
            return false;
        var window = node.Window with
        {
            Before = [.. node.Window.Before.Select((pad, axis) => pad + pads.GetValueOrDefault(axis + 2).Before)],
            After = [.. node.Window.After.Select((pad, axis) => pad + pads.GetValueOrDefault(axis + 2).After)],
        };
        (GraphNode[] moved, string input) = Unpadded(graph, pick.Input, between);
        graph.Exchange([pick, .. between, node], [.. moved, node with { Input = input, Window = window }]);
        return true;
    }

    // Zeros before and after the elements of a value, per axis that has any; null when the node does something else.
    private static Dictionary<int, (int Before, int After)>? Zeros(PassGraph graph, PickNode node)
    {
        int[] shape = graph.Shape(node.Input), padded = graph.Shape(node.Output);
        int first = Array.IndexOf(node.Source, 0);
        if (shape.Length != padded.Length || first < 0)
            return null;
        int[] strides = TensorShape.Strides(padded);
        int[] before = [.. strides.Select((stride, axis) => first / stride % padded[axis])];
        if (before.Select((pad, axis) => padded[axis] - shape[axis] - pad).Any(after => after < 0))
            return null;
        int[][] sources = [.. padded.Select((length, axis) => Enumerable.Range(-before[axis], length).Select(at => at < shape[axis] ? Math.Max(at, -1) : -1).ToArray())];
        return node.Source.AsSpan().SequenceEqual(PickMap.OfAxes(shape, sources))
            ? Enumerable.Range(0, shape.Length).Where(axis => padded[axis] > shape[axis]).ToDictionary(axis => axis, axis => (before[axis], padded[axis] - shape[axis] - before[axis]))
            : null;
    }

    // Where the padded axes are behind a node that turns axes, or adds and drops axes of length 1; nothing when it does more. A padded axis is longer than 1.
    private static Dictionary<int, (int Before, int After)> Moved(PassGraph graph, MovementNode node, Dictionary<int, (int Before, int After)> pads)
    {
        if (node is TransposeNode turn)
            return pads.ToDictionary(pad => Array.IndexOf(turn.Permutation, pad.Key), pad => pad.Value);
        int[] from = Long(graph.Shape(node.Input)), to = Long(graph.Shape(node.Output));
        bool same = from.Select(axis => graph.Shape(node.Input)[axis]).SequenceEqual(to.Select(axis => graph.Shape(node.Output)[axis]));
        return same ? pads.ToDictionary(pad => to[Array.IndexOf(from, pad.Key)], pad => pad.Value) : [];
    }

    private static int[] Long(int[] shape) => [.. Enumerable.Range(0, shape.Length).Where(axis => shape[axis] > 1)];

    // The nodes between for the value without its padding.
    private static (GraphNode[] Nodes, string Output) Unpadded(PassGraph graph, string value, List<MovementNode> between)
    {
        List<GraphNode> nodes = [];
        foreach (MovementNode move in between)
        {
            int[] shape = graph.Shape(value);
            if (move is TransposeNode turn)
                shape = [.. turn.Permutation.Select(axis => shape[axis])];
            else
                shape = WithOnes(shape, graph.Shape(move.Input), graph.Shape(move.Output));
            string output = graph.Define($"{move.Output}.unpadded", shape);
            nodes.Add(move is TransposeNode ? new TransposeNode(move.Name, value, output, ((TransposeNode)move).Permutation) : new ReshapeNode(move.Name, value, output));
            value = output;
        }
        return ([.. nodes], value);
    }

    // Lengths in the order of the long axes of the padded shapes.
    private static int[] WithOnes(int[] shape, int[] paddedFrom, int[] paddedTo)
    {
        int[] from = Long(paddedFrom), to = Long(paddedTo);
        return [.. paddedTo.Select((_, axis) => Array.IndexOf(to, axis) is >= 0 and var at ? shape[from[at]] : 1)];
    }
}
