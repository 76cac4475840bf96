using Latch.Import.Graph;

namespace Latch.Import.Sources.TfLite.Operators;

/// <summary>Constants with their axes in another order.</summary>
internal static class Permutation
{
    /// <summary>The tensor whose axis i is the given one's axis <paramref name="axes"/>[i].</summary>
    public static FloatTensor Of(FloatTensor tensor, params int[] axes)
    {
        int[] shape = [.. axes.Select(axis => tensor.Shape[axis])];
        int[] strides = TensorShape.Strides(tensor.Shape);
        float[] data = new float[tensor.Count];
        int[] position = new int[axes.Length];
        for (int i = 0; i < data.Length; i++)
        {
            int from = 0;
            for (int axis = 0; axis < axes.Length; axis++)
                from += position[axis] * strides[axes[axis]];
            data[i] = tensor.Data[from];
            for (int axis = axes.Length - 1; axis >= 0 && ++position[axis] == shape[axis]; axis--)
                position[axis] = 0;
        }
        return new FloatTensor(shape, data);
    }
}
