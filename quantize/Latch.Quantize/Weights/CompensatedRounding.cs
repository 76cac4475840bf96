using System.Numerics;

namespace Latch.Quantize;

/// <summary>
/// Rounds weights to codes one column after another and spreads each column's rounding error over the columns still to come, so that the
/// layer's sums on calibration data change least. The scales are given; only the choice between neighbouring codes changes.
/// Method: E. Frantar et al., "GPTQ: Accurate Post-Training Quantization for Generative Pre-trained Transformers" (2022), which rests on the
/// optimal brain surgeon of Hassibi and Stork (1993).
/// </summary>
public static class CompensatedRounding
{
    /// <summary>Rounds a weight matrix.</summary>
    /// <param name="weights">Real weights, [rows, columns] row-major; a recurrent layer gives W and R side by side.</param>
    /// <param name="scaleOf">Scale of the weight at (row, column), positive.</param>
    /// <param name="moments">Second moments of the vector the matrix is multiplied with (one element per column).</param>
    /// <param name="largestCode">Codes lie in -largestCode..largestCode.</param>
    /// <returns>Codes [rows, columns] row-major. Without calibration data each weight goes to its nearest code.</returns>
    public static sbyte[] Round(ReadOnlySpan<float> weights, Func<int, int, double> scaleOf, SecondMoments moments, int largestCode = 127)
    {
        ArgumentNullException.ThrowIfNull(scaleOf);
        ArgumentNullException.ThrowIfNull(moments);
        return Round(weights, scaleOf, ErrorSpread.Of(moments), largestCode);
    }

    /// <summary>The same with factors already at hand.</summary>
    /// <param name="weights">Real weights, [rows, columns] row-major.</param>
    /// <param name="scaleOf">Scale of the weight at (row, column), positive.</param>
    /// <param name="spread">How the error of a column is spread over the later ones.</param>
    /// <param name="largestCode">Codes lie in -largestCode..largestCode.</param>
    internal static sbyte[] Round(ReadOnlySpan<float> weights, Func<int, int, double> scaleOf, ErrorSpread spread, int largestCode)
    {
        int columns = spread.Size, rows = weights.Length / columns;
        if (rows * columns != weights.Length)
            throw new ArgumentException($"{weights.Length} weights are not a whole number of rows of {columns}.", nameof(weights));
        var codes = new sbyte[weights.Length];
        var row = new double[columns];
        for (int r = 0; r < rows; r++)
        {
            for (int k = 0; k < columns; k++)
                row[k] = weights[r * columns + spread.Order[k]];
            for (int k = 0; k < columns; k++)
            {
                double scale = scaleOf(r, spread.Order[k]);
                sbyte code = Nearest(row[k], scale, largestCode);
                codes[r * columns + spread.Order[k]] = code;
                ReadOnlySpan<double> factors = spread.Factors(k);
                double error = (row[k] - code * scale) / factors[0];
                Subtract(row.AsSpan(k + 1), error, factors[1..]);
            }
        }
        return codes;
    }

    /// <summary>The code nearest to a weight, within -largestCode..largestCode.</summary>
    internal static sbyte Nearest(double weight, double scale, int largestCode) =>
        (sbyte)Math.Clamp(Math.Round(weight / scale, MidpointRounding.AwayFromZero), -largestCode, largestCode);

    // On lanes the same products and differences, element by element.
    private static void Subtract(Span<double> row, double error, ReadOnlySpan<double> factors)
    {
        int width = Vector<double>.Count, k = 0;
        for (; k <= row.Length - width; k += width)
            (new Vector<double>(row[k..]) - new Vector<double>(error) * new Vector<double>(factors[k..])).CopyTo(row[k..]);
        for (; k < row.Length; k++)
            row[k] -= error * factors[k];
    }
}
