using Latch.Import.Graph;

namespace Latch.Import.Sources.Safetensors;

/// <summary>Changes of the order in which weights are stored.</summary>
internal static class Matrices
{
    /// <summary>A matrix with its axes exchanged.</summary>
    public static FloatTensor Transposed(FloatTensor matrix)
    {
        (int rows, int columns) = (matrix.Shape[0], matrix.Shape[1]);
        float[] data = new float[matrix.Count];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
                data[(column * rows) + row] = matrix.Data[(row * columns) + column];
        }
        return new FloatTensor([columns, rows], data);
    }

    /// <summary>Equal parts of the first axis in another order.</summary>
    /// <param name="tensor">The parts one after the other.</param>
    /// <param name="order">Per part of the result the number of the part it is.</param>
    public static float[] Reordered(float[] tensor, int[] order)
    {
        int length = tensor.Length / order.Length;
        float[] data = new float[tensor.Length];
        for (int part = 0; part < order.Length; part++)
            tensor.AsSpan(order[part] * length, length).CopyTo(data.AsSpan(part * length));
        return data;
    }

    /// <summary>[window, inputs, outputs] as [outputs, inputs, window].</summary>
    public static FloatTensor Reversed(FloatTensor kernel)
    {
        (int window, int inputs, int outputs) = (kernel.Shape[0], kernel.Shape[1], kernel.Shape[2]);
        float[] data = new float[kernel.Count];
        for (int at = 0; at < window; at++)
        {
            for (int input = 0; input < inputs; input++)
            {
                for (int output = 0; output < outputs; output++)
                    data[(((output * inputs) + input) * window) + at] = kernel.Data[(((at * inputs) + input) * outputs) + output];
            }
        }
        return new FloatTensor([outputs, inputs, window], data);
    }
}
