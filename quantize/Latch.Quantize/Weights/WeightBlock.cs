namespace Latch.Quantize.Weights;

/// <summary>Weight rows that are rounded together: two parts side by side, each with its own scale per row.</summary>
internal sealed class WeightBlock
{
    /// <summary>Joins two matrices of as many rows.</summary>
    /// <param name="part">Names the rows; the same in every build of a model.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="first">[rows, firstColumns]; may be empty.</param>
    /// <param name="second">[rows, secondColumns]; may be empty.</param>
    /// <param name="moments">What the rows meet, first columns before second; null when unknown.</param>
    public WeightBlock(string part, int rows, ReadOnlySpan<float> first, ReadOnlySpan<float> second, SecondMoments? moments)
    {
        int firstColumns = first.Length / rows, secondColumns = second.Length / rows;
        (Part, Rows, FirstColumns, Columns, Moments) = (part, rows, firstColumns, firstColumns + secondColumns, moments);
        Weights = new float[rows * Columns];
        for (int row = 0; row < rows; row++)
        {
            first.Slice(row * firstColumns, firstColumns).CopyTo(Weights.AsSpan(row * Columns));
            second.Slice(row * secondColumns, secondColumns).CopyTo(Weights.AsSpan(row * Columns + firstColumns));
        }
    }

    public string Part { get; }

    public int Rows { get; }

    public int FirstColumns { get; }

    public int Columns { get; }

    public SecondMoments? Moments { get; }

    /// <summary>[Rows, Columns] row-major.</summary>
    public float[] Weights { get; }

    /// <summary>Codes at given scales.</summary>
    /// <param name="scales">One pair per row; 0 for a part of zeros.</param>
    /// <param name="spread">How errors are made good; null: every weight goes to its nearest code.</param>
    public sbyte[] Round(RowScales scales, ErrorSpread? spread) => spread is null
        ? [.. Weights.Select((weight, i) => CompensatedRounding.Nearest(weight, ScaleOf(scales, i / Columns, i % Columns), WeightRows.LargestCode))]
        : CompensatedRounding.Round(Weights, (row, column) => ScaleOf(scales, row, column), spread, WeightRows.LargestCode);

    /// <summary>Scale of the weight at (row, column).</summary>
    public double ScaleOf(RowScales scales, int row, int column) => (column < FirstColumns ? scales.First[row] : scales.Second[row]) is > 0 and double scale ? scale : 1;
}

/// <summary>Scales of the rows of a block.</summary>
/// <param name="First">Of the first part of the columns; 0 for a row of zeros.</param>
/// <param name="Second">Of the second part; 0 for a row of zeros.</param>
internal readonly record struct RowScales(double[] First, double[] Second);
