using Latch.Import.Graph;

namespace Latch.Import.Reference;

/// <summary>For each element of a tensor, in row-major order, the position of the element it is taken from, or -1.</summary>
internal static class IndexMap
{
    /// <summary>The map of a movement from an input to an output of the given shapes; null when nothing moves.</summary>
    public static int[]? Of(MovementNode node, int[] input, int[] output)
    {
        int[] strides = TensorShape.Strides(input);
        return node switch
        {
            ReshapeNode => null,
            TransposeNode n => PerAxis(output, (axis, i) => i * strides[n.Permutation[axis]]),
            SliceNode n => PerAxis(output, (axis, i) => (n.Starts[axis] + (i * n.Strides[axis])) * strides[axis]),
            TileNode => PerAxis(output, (axis, i) => i % input[axis] * strides[axis]),
            ExpandNode => Broadcast(input, output),
            GatherNode n => Gather(n, input),
            PickNode n => n.Source,
            _ => throw new ArgumentException($"no index map for {node.GetType().Name}", nameof(node)),
        };
    }

    /// <summary>The map that broadcasts a shape to a larger one; null when both are the same.</summary>
    public static int[]? Broadcast(int[] input, int[] output)
    {
        if (input.AsSpan().SequenceEqual(output))
            return null;
        int missing = output.Length - input.Length;
        int[] strides = TensorShape.Strides(input);
        return PerAxis(output, (axis, i) => axis < missing || input[axis - missing] == 1 ? 0 : i * strides[axis - missing]);
    }

    /// <summary>Moves the elements of a tensor as a map says; a place without a source, -1, is filled.</summary>
    public static void Apply<T>(int[]? map, ReadOnlySpan<T> input, Span<T> output, T fill = default!)
    {
        if (map is null)
        {
            input.CopyTo(output);
            return;
        }
        for (int i = 0; i < map.Length; i++)
            output[i] = map[i] < 0 ? fill : input[map[i]];
    }

    private static int[] PerAxis(int[] output, Func<int, int, int> offset) =>
        Combine([.. output.Select((length, axis) => Offsets(length, i => offset(axis, i)))]);

    private static int[] Gather(GatherNode node, int[] input)
    {
        int inner = TensorShape.Count(input.AsSpan(node.Axis + 1));
        int outer = TensorShape.Count(input.AsSpan(0, node.Axis));
        return Combine(
            Offsets(outer, i => i * inner * input[node.Axis]),
            Offsets(node.Indices.Length, i => node.Indices[i] * inner),
            Offsets(inner, i => i));
    }

    private static int[] Offsets(int count, Func<int, int> offset)
    {
        int[] offsets = new int[count];
        for (int i = 0; i < count; i++)
            offsets[i] = offset(i);
        return offsets;
    }

    /// <summary>Every sum of one offset per axis, in row-major order of the axes.</summary>
    private static int[] Combine(params int[][] offsets)
    {
        int[] sums = [0];
        foreach (int[] axis in offsets)
        {
            int[] next = new int[sums.Length * axis.Length];
            int at = 0;
            foreach (int sum in sums)
                foreach (int offset in axis)
                    next[at++] = sum + offset;
            sums = next;
        }
        return sums;
    }
}
