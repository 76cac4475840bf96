namespace Latch.Quantize;

/// <summary>
/// Rounds weights to codes one column after another and spreads each column's rounding error over the columns still to come, so that the
/// layer's sums on calibration data change least. The scales are given; only the choice between neighbouring codes changes.
/// Method: E. Frantar et al., "GPTQ: Accurate Post-Training Quantization for Generative Pre-trained Transformers" (2022), which rests on the
/// optimal brain surgeon of Hassibi and Stork (1993).
/// </summary>
public static class CompensatedRounding
{
    private const double Damping = 0.01;

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
        int columns = moments.Size, rows = weights.Length / columns;
        if (rows * columns != weights.Length)
            throw new ArgumentException($"{weights.Length} weights are not a whole number of rows of {columns}.", nameof(weights));

        int[] order = ByEnergy(moments);
        double[,] spread = SpreadFactors(moments, order);
        var codes = new sbyte[weights.Length];
        var row = new double[columns];
        for (int r = 0; r < rows; r++)
        {
            for (int k = 0; k < columns; k++)
                row[k] = weights[r * columns + order[k]];
            for (int k = 0; k < columns; k++)
            {
                double scale = scaleOf(r, order[k]);
                sbyte code = Nearest(row[k], scale, largestCode);
                codes[r * columns + order[k]] = code;
                double error = (row[k] - code * scale) / spread[k, k];
                for (int later = k + 1; later < columns; later++)
                    row[later] -= error * spread[k, later];
            }
        }
        return codes;
    }

    /// <summary>The code nearest to a weight, within -largestCode..largestCode.</summary>
    internal static sbyte Nearest(double weight, double scale, int largestCode) =>
        (sbyte)Math.Clamp(Math.Round(weight / scale, MidpointRounding.AwayFromZero), -largestCode, largestCode);

    // Columns whose input carries the most energy are rounded first, while there are many others left to make good their error.
    private static int[] ByEnergy(SecondMoments moments) =>
        [.. Enumerable.Range(0, moments.Size).OrderByDescending(i => moments.Product(i, i)).ThenBy(i => i)];

    // Upper Cholesky factor of the inverse of the damped moment matrix, in rounding order: row k holds how the error of column k is best
    // spread over the later columns.
    private static double[,] SpreadFactors(SecondMoments moments, int[] order)
    {
        int n = order.Length;
        double energy = 0;
        for (int i = 0; i < n; i++)
            energy += moments.Product(i, i) / n;
        double damping = energy > 0 ? Damping * energy : 1;
        var matrix = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
                matrix[i, j] = moments.Product(order[i], order[j]);
            matrix[i, i] += damping;
        }
        double[,] lower = Cholesky(Inverse(Cholesky(matrix)));
        var upper = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
                upper[j, i] = lower[i, j];
        }
        return upper;
    }

    // Lower factor L with L L^T = matrix (symmetric, positive definite).
    private static double[,] Cholesky(double[,] matrix)
    {
        int n = matrix.GetLength(0);
        var lower = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = matrix[i, j];
                for (int k = 0; k < j; k++)
                    sum -= lower[i, k] * lower[j, k];
                lower[i, j] = i == j ? Math.Sqrt(sum) : sum / lower[j, j];
            }
        }
        return lower;
    }

    // (L L^T)^-1 = L^-T L^-1 from the lower factor.
    private static double[,] Inverse(double[,] lower)
    {
        int n = lower.GetLength(0);
        var inverted = new double[n, n];
        for (int j = 0; j < n; j++)
        {
            inverted[j, j] = 1 / lower[j, j];
            for (int i = j + 1; i < n; i++)
            {
                double sum = 0;
                for (int k = j; k < i; k++)
                    sum -= lower[i, k] * inverted[k, j];
                inverted[i, j] = sum / lower[i, i];
            }
        }
        var product = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = 0;
                for (int k = i; k < n; k++)
                    sum += inverted[k, i] * inverted[k, j];
                product[i, j] = product[j, i] = sum;
            }
        }
        return product;
    }
}
