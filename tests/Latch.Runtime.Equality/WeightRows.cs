using Latch.Model;

namespace Latch.Runtime.Equality;

/// <summary>A weight matrix whose rows take turns: random, all 127, all -127, alternating.</summary>
internal sealed class WeightRows
{
    private readonly sbyte[] _values;

    public WeightRows(int rows, int columns, Random random)
    {
        (Rows, Columns, _values) = (rows, columns, new sbyte[rows * columns]);
        random.NextBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(_values.AsSpan()));
        for (int row = 0; row < rows; row++)
            Shape(row % 4, _values.AsSpan(row * columns, columns));
    }

    public int Rows { get; }

    public int Columns { get; }

    public ConstantTensor Tensor(string name) => ConstantTensor.Of(name, [Rows, Columns], _values);

    /// <summary>The largest magnitude of the row's sum over all codes.</summary>
    public long Largest(int row, ElementType type)
    {
        long sum = 0;
        foreach (sbyte weight in Row(row))
            sum += Math.Abs(weight);
        return Math.Max(1, sum) * AccumulatorBounds.LargestCode(type);
    }

    /// <summary>Root of the sum of squares.</summary>
    public double Norm(int row)
    {
        long sum = 0;
        foreach (sbyte weight in Row(row))
            sum += weight * weight;
        return Math.Sqrt(Math.Max(1, sum));
    }

    /// <summary>The row's sum with a pattern's codes, less the zero point's part.</summary>
    public long Sum(int row, int pattern, Quantization codes)
    {
        long sum = 0;
        ReadOnlySpan<sbyte> weights = Row(row);
        for (int i = 0; i < weights.Length; i++)
            sum += weights[i] * (CodePattern.End(pattern, i, codes.Type) - codes.ZeroPoint);
        return sum;
    }

    private ReadOnlySpan<sbyte> Row(int row) => _values.AsSpan(row * Columns, Columns);

    private static void Shape(int turn, Span<sbyte> weights)
    {
        if (turn is 1 or 2)
            weights.Fill((sbyte)(turn == 1 ? 127 : -127));
        else if (turn == 3)
        {
            for (int i = 0; i < weights.Length; i++)
                weights[i] = (sbyte)(i % 2 == 0 ? 127 : -127);
        }
        else
            weights.Replace(sbyte.MinValue, (sbyte)-127);
    }
}
