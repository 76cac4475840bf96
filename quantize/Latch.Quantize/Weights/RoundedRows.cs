namespace Latch.Quantize.Weights;

/// <summary>
/// Rounded weight rows: codes, and the change of each row's mean sum that rounding caused, to be taken back in the bias.
/// </summary>
/// <param name="Codes">[rows, columns] row-major.</param>
/// <param name="MeanError">Mean over calibration data of the exact sum minus the rounded one, per row, for the first and the second part of the columns.</param>
internal sealed record RoundedRows(sbyte[] Codes, (double First, double Second)[] MeanError)
{
    /// <summary>Rounds a block.</summary>
    /// <param name="block">The weights and what they meet; where that is unknown every weight goes to its nearest code.</param>
    /// <param name="scales">One pair per row.</param>
    /// <param name="cache">Codes of earlier builds.</param>
    /// <param name="shift">Mean of what the columns meet in float minus the mean in integers (<see cref="BiasCorrection"/>); null for none.</param>
    public static RoundedRows Round(WeightBlock block, RowScales scales, RoundingCache cache, double[]? shift = null)
    {
        sbyte[] codes = cache.Codes(block, scales);
        var errors = new (double First, double Second)[block.Rows];
        if (block.Moments is null && shift is null)
            return new RoundedRows(codes, errors);
        for (int i = 0; i < codes.Length; i++)
        {
            int row = i / block.Columns, column = i % block.Columns;
            double rounded = codes[i] * block.ScaleOf(scales, row, column);
            double error = block.Moments is null ? 0 : (block.Weights[i] - rounded) * block.Moments.Mean(column);
            if (shift is not null)
                error += rounded * shift[column];
            errors[row] = column < block.FirstColumns ? (errors[row].First + error, errors[row].Second) : (errors[row].First, errors[row].Second + error);
        }
        return new RoundedRows(codes, errors);
    }

    /// <summary>The codes of some columns, row-major.</summary>
    public sbyte[] Columns(int start, int count)
    {
        int rows = MeanError.Length, columns = Codes.Length / rows;
        var part = new sbyte[rows * count];
        for (int row = 0; row < rows; row++)
            Codes.AsSpan(row * columns + start, count).CopyTo(part.AsSpan(row * count));
        return part;
    }
}
