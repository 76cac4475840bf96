namespace Latch.Quantize;

/// <summary>How the rounding error of one column of a weight matrix is best spread over the columns that are rounded after it (see <see cref="CompensatedRounding"/>).</summary>
internal sealed class ErrorSpread
{
    private const double Damping = 0.01;

    private readonly double[][] _factors;

    private ErrorSpread(int[] order, double[][] factors) => (Order, _factors) = (order, factors);

    /// <summary>Number of columns.</summary>
    public int Size => Order.Length;

    /// <summary>Columns in the order in which they are rounded.</summary>
    public int[] Order { get; }

    /// <summary>Factors of the k-th column rounded: for itself, then for each later one.</summary>
    public ReadOnlySpan<double> Factors(int k) => _factors[k];

    /// <summary>The factors for what a matrix is multiplied with.</summary>
    public static ErrorSpread Of(SecondMoments moments)
    {
        int[] order = ByEnergy(moments);
        return new ErrorSpread(order, SpreadFactors(moments, order));
    }

    // Columns whose input carries the most energy are rounded first, while there are many others left to make good their error.
    private static int[] ByEnergy(SecondMoments moments) =>
        [.. Enumerable.Range(0, moments.Size).OrderByDescending(i => moments.Product(i, i)).ThenBy(i => i)];

    // Upper Cholesky factor of the inverse of the damped moment matrix, in rounding order: row k holds how the error of column k is best
    // spread over the later columns.
    private static double[][] SpreadFactors(SecondMoments moments, int[] order)
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
        var upper = new double[n][];
        for (int row = 0; row < n; row++)
        {
            upper[row] = new double[n - row];
            for (int later = row; later < n; later++)
                upper[row][later - row] = lower[later, row];
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
