using Latch.Model;

namespace Latch.Quantize.Weights;

/// <summary>
/// Rounded weight rows: codes, their real scales, and the change of each row's mean sum that rounding caused, to be taken back in the bias.
/// </summary>
/// <param name="Codes">[rows, columns] row-major.</param>
/// <param name="MeanError">Mean over calibration data of the exact sum minus the rounded one, per row, for the first and the second part of the columns.</param>
internal sealed record RoundedRows(sbyte[] Codes, (double First, double Second)[] MeanError)
{
    /// <summary>Rounds rows of two parts side by side, each part with its own scale per row.</summary>
    /// <param name="first">[rows, firstColumns].</param>
    /// <param name="second">[rows, secondColumns]; may be empty.</param>
    /// <param name="firstScales">Per row; 0 for a row of zeros.</param>
    /// <param name="secondScales">Per row; 0 for a row of zeros.</param>
    /// <param name="moments">What the rows meet, or null: then every weight goes to its nearest code.</param>
    public static RoundedRows Round(ReadOnlySpan<float> first, ReadOnlySpan<float> second, double[] firstScales, double[] secondScales, SecondMoments? moments)
    {
        int rows = firstScales.Length, firstColumns = first.Length / rows, secondColumns = second.Length / rows, columns = firstColumns + secondColumns;
        var joined = new float[rows * columns];
        for (int row = 0; row < rows; row++)
        {
            first.Slice(row * firstColumns, firstColumns).CopyTo(joined.AsSpan(row * columns));
            second.Slice(row * secondColumns, secondColumns).CopyTo(joined.AsSpan(row * columns + firstColumns));
        }
        double ScaleOf(int row, int column) => (column < firstColumns ? firstScales[row] : secondScales[row]) is > 0 and double scale ? scale : 1;
        sbyte[] codes = moments is null
            ? [.. joined.Select((weight, i) => CompensatedRounding.Nearest(weight, ScaleOf(i / columns, i % columns), WeightRows.LargestCode))]
            : CompensatedRounding.Round(joined, ScaleOf, moments, WeightRows.LargestCode);
        var errors = new (double First, double Second)[rows];
        if (moments is not null)
        {
            for (int i = 0; i < joined.Length; i++)
            {
                int row = i / columns, column = i % columns;
                double error = (joined[i] - codes[i] * ScaleOf(row, column)) * moments.Mean(column);
                errors[row] = column < firstColumns ? (errors[row].First + error, errors[row].Second) : (errors[row].First, errors[row].Second + error);
            }
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
