namespace Latch.Runtime.Kernels;

/// <summary>The definition of the result: weights row by row, one product after the other. Never tuned.</summary>
internal sealed class ScalarKernel : Kernel
{
    /// <inheritdoc/>
    public override string Name => "scalar";

    /// <inheritdoc/>
    public override PackedMatrix Pack(ReadOnlySpan<sbyte> weights, int rows, int columns) =>
        new(weights[..(rows * columns)].ToArray(), rows, columns);

    /// <inheritdoc/>
    protected override void Multiply(PackedMatrix matrix, ReadOnlySpan<sbyte> codes, Span<int> sums)
    {
        for (int row = 0; row < sums.Length; row++)
        {
            ReadOnlySpan<sbyte> weights = matrix.Weights.AsSpan(row * matrix.Columns, matrix.Columns);
            int sum = 0;
            for (int column = 0; column < codes.Length; column++)
                sum += codes[column] * weights[column];
            sums[row] = sum;
        }
    }

    /// <inheritdoc/>
    protected override void Multiply(PackedMatrix matrix, ReadOnlySpan<short> codes, Span<int> sums)
    {
        for (int row = 0; row < sums.Length; row++)
        {
            ReadOnlySpan<sbyte> weights = matrix.Weights.AsSpan(row * matrix.Columns, matrix.Columns);
            int sum = 0;
            for (int column = 0; column < codes.Length; column++)
                sum += codes[column] * weights[column];
            sums[row] = sum;
        }
    }
}
