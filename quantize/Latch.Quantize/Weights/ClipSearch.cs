namespace Latch.Quantize.Weights;

/// <summary>
/// Searches the clip point of each weight row: a smaller scale limits the row's largest weights and rounds all others finer. The factor that leaves the
/// smallest mean squared error of the row's sum on calibration data is taken.
/// </summary>
internal static class ClipSearch
{
    // Eight bits leave little to win by limiting weights far below their largest; a little below it the codes may just fit the others better.
    private static readonly double[] s_factors = [0.996, 0.992, 0.988, 0.984, 0.98, 0.97, 0.96, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7];

    /// <summary>Scales of which each is the given one or down to 0.7 of it.</summary>
    /// <param name="block">The rows.</param>
    /// <param name="scales">Scales at which no weight is limited.</param>
    /// <param name="least">Below these no scale may fall (that of a row is then left as it is).</param>
    /// <param name="spread">How errors are made good when the rows are rounded; null when they are not.</param>
    public static RowScales Shrink(WeightBlock block, RowScales scales, RowScales least, ErrorSpread? spread)
    {
        double[][]? moments = block.Moments is null ? null : HalfOf(block.Moments);
        double[] Losses(RowScales tried) => ErrorsOf(block, tried, block.Round(tried, spread), moments);
        double[] first = Best(scales.First, least.First, tried => Losses(scales with { First = tried }));
        double[] second = Best(scales.Second, least.Second, tried => Losses(new RowScales(first, tried)));
        return new RowScales(first, second);
    }

    private static double[] Best(double[] scales, double[] least, Func<double[], double[]> lossesOf)
    {
        if (scales.All(static scale => scale == 0))
            return scales;
        double[] best = [.. scales], smallest = lossesOf(scales);
        foreach (double factor in s_factors)
        {
            double[] tried = [.. scales.Select((scale, row) => scale * factor >= least[row] ? scale * factor : scale)];
            double[] losses = lossesOf(tried);
            for (int row = 0; row < scales.Length; row++)
                if (losses[row] < smallest[row])
                    (best[row], smallest[row]) = (tried[row], losses[row]);
        }
        return best;
    }

    /// <summary>Per row the mean squared error of its sum on calibration data; without data the squared error of its weights.</summary>
    /// <param name="block">The rows.</param>
    /// <param name="scales">Their scales.</param>
    /// <param name="codes">Their codes.</param>
    /// <param name="moments">Row i holds the mean products of column i with columns 0 to i; null without data.</param>
    public static double[] ErrorsOf(WeightBlock block, RowScales scales, sbyte[] codes, double[][]? moments)
    {
        var result = new double[block.Rows];
        var errors = new double[block.Columns];
        for (int row = 0; row < block.Rows; row++)
        {
            for (int column = 0; column < errors.Length; column++)
            {
                int i = row * block.Columns + column;
                errors[column] = block.Weights[i] - codes[i] * block.ScaleOf(scales, row, column);
                result[row] += errors[column] * (moments is null ? errors[column] : 2 * Sum(moments[column], errors, column) + moments[column][column] * errors[column]);
            }
        }
        return result;
    }

    /// <summary>The lower half of the matrix of mean products, the diagonal included.</summary>
    public static double[][] HalfOf(SecondMoments moments) =>
        [.. Enumerable.Range(0, moments.Size).Select(row => Enumerable.Range(0, row + 1).Select(column => moments.Product(row, column)).ToArray())];

    // Four sums at a time, in the same order on every machine.
    private static double Sum(double[] products, double[] errors, int count)
    {
        double first = 0, second = 0, third = 0, fourth = 0;
        int i = 0;
        for (; i < count - 3; i += 4)
        {
            first += products[i] * errors[i];
            second += products[i + 1] * errors[i + 1];
            third += products[i + 2] * errors[i + 2];
            fourth += products[i + 3] * errors[i + 3];
        }
        for (; i < count; i++)
            first += products[i] * errors[i];
        return first + second + (third + fourth);
    }
}
