using Latch.Model;

namespace Latch.Quantize.Weights;

/// <summary>Scales of weight rows (NUMERICS.md sections 2, 3 and 8).</summary>
internal static class WeightRows
{
    /// <summary>Largest weight code.</summary>
    public const int LargestCode = 127;

    /// <summary>
    /// The smallest scale of each row: its largest weight is code 127 - or, where the row could overflow 32 bits with such codes, less.
    /// </summary>
    /// <param name="weights">[rows, columns] row-major.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="input">Type of the codes the rows are multiplied with.</param>
    public static double[] Scales(ReadOnlySpan<float> weights, int columns, ElementType input)
    {
        double[] scales = LeastScales(weights, columns, input);
        for (int row = 0; row < scales.Length; row++)
        {
            double largest = 0;
            foreach (float weight in weights.Slice(row * columns, columns))
                largest = Math.Max(largest, Math.Abs(weight));
            scales[row] = Math.Max(largest / LargestCode, scales[row]);
        }
        return scales;
    }

    /// <summary>The scale of each row below which it could overflow 32 bits.</summary>
    /// <param name="weights">[rows, columns] row-major.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="input">Type of the codes the rows are multiplied with.</param>
    public static double[] LeastScales(ReadOnlySpan<float> weights, int columns, ElementType input)
    {
        // Rounding moves each code by at most half; the bound on the codes' sum leaves that much room.
        double room = (double)int.MaxValue / AccumulatorBounds.LargestCode(input) - columns;
        if (room <= 0)
            throw new QuantizeException($"a row of {columns} weights can overflow a 32-bit sum of {input} codes; split the layer");
        var scales = new double[weights.Length / columns];
        for (int row = 0; row < scales.Length; row++)
        {
            double sum = 0;
            foreach (float weight in weights.Slice(row * columns, columns))
                sum += Math.Abs(weight);
            scales[row] = sum / room;
        }
        return scales;
    }
}
