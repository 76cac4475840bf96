using Latch.Import.Graph;

namespace Latch.Import.Operators;

/// <summary>Index maps of picked elements: one position in the input, row-major, per element of the output; -1 for none.</summary>
internal static class PickMap
{
    /// <summary>The map of axes that are picked from independently.</summary>
    /// <param name="input">The input's shape.</param>
    /// <param name="sources">Per axis, one position in the input or -1 per element of the output.</param>
    public static int[] OfAxes(int[] input, int[][] sources)
    {
        int[] strides = TensorShape.Strides(input);
        return Of([.. sources.Select(axis => axis.Length)], at =>
        {
            int position = 0;
            for (int axis = 0; axis < at.Length; axis++)
            {
                int source = sources[axis][at[axis]];
                if (source < 0)
                    return -1;
                position += source * strides[axis];
            }
            return position;
        });
    }

    /// <summary>The map that a function of the output's coordinates gives.</summary>
    public static int[] Of(int[] output, Func<int[], int> source)
    {
        int[] map = new int[TensorShape.Count(output)];
        int[] at = new int[output.Length];
        for (int i = 0; i < map.Length; i++)
        {
            map[i] = source(at);
            for (int axis = output.Length - 1; axis >= 0 && ++at[axis] == output[axis]; axis--)
                at[axis] = 0;
        }
        return map;
    }
}
