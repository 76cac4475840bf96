using Latch.Import.Graph;

namespace Latch.Quantize.Lowering;

/// <summary>Strides under numpy broadcasting.</summary>
internal static class Broadcast
{
    /// <summary>Strides that walk a tensor of shape <paramref name="from"/> as if it had shape <paramref name="to"/>: 0 where it repeats.</summary>
    public static int[] Strides(int[] from, int[] to)
    {
        int[] own = TensorShape.Strides(from);
        int lead = to.Length - from.Length;
        return [.. to.Select((_, axis) => axis < lead || from[axis - lead] == 1 ? 0 : own[axis - lead])];
    }

    /// <summary>Drops axes of length 1 and joins neighbours that every stride list walks evenly; at least one axis remains.</summary>
    public static (int[] Dimensions, int[][] Strides) Merge(int[] dimensions, params int[][] strides)
    {
        var merged = new List<int>();
        var results = strides.Select(static _ => new List<int>()).ToArray();
        for (int axis = 0; axis < dimensions.Length; axis++)
        {
            if (dimensions[axis] == 1)
                continue;
            int length = dimensions[axis], at = axis;
            if (merged.Count > 0 && strides.Zip(results).All(pair => pair.Second[^1] == pair.First[at] * length))
            {
                merged[^1] *= length;
                foreach ((int[] stride, List<int> result) in strides.Zip(results))
                    result[^1] = stride[axis];
                continue;
            }
            merged.Add(length);
            foreach ((int[] stride, List<int> result) in strides.Zip(results))
                result.Add(stride[axis]);
        }
        return merged.Count == 0 ? ([1], [.. strides.Select(static _ => new[] { 0 })]) : ([.. merged], [.. results.Select(static result => result.ToArray())]);
    }
}
