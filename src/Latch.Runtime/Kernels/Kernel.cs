namespace Latch.Runtime.Kernels;

/// <summary>
/// One inner loop for one instruction set: raw sums of code x weight, exact in 32 bits (NUMERICS.md section 8 bounds every row).
/// All kernels give the same integers; <see cref="ScalarKernel"/> defines them.
/// </summary>
internal abstract class Kernel
{
    /// <summary>The name that forces this kernel.</summary>
    public abstract string Name { get; }

    /// <summary>Packs a row-major matrix of weights -127..127.</summary>
    public abstract PackedMatrix Pack(ReadOnlySpan<sbyte> weights, int rows, int columns);

    /// <summary>sums[row] = sum over column of codes[column] x weight[row, column].</summary>
    /// <param name="matrix">A matrix packed by this kernel.</param>
    /// <param name="codes">As many codes as the matrix has columns.</param>
    /// <param name="sums">As many sums as the matrix has rows.</param>
    public void Multiply(PackedMatrix matrix, CodeSpan codes, Span<int> sums)
    {
        if (codes.Count != matrix.Columns)
            Throw.WrongLength(nameof(codes), codes.Count, matrix.Columns);
        if (sums.Length != matrix.Rows)
            Throw.WrongLength(nameof(sums), sums.Length, matrix.Rows);
        if (codes.IsWide)
            Multiply(matrix, codes.Wide, sums);
        else
            Multiply(matrix, codes.Narrow, sums);
    }

    /// <summary>The product for int8 codes; lengths were checked.</summary>
    protected abstract void Multiply(PackedMatrix matrix, ReadOnlySpan<sbyte> codes, Span<int> sums);

    /// <summary>The product for int16 codes; lengths were checked.</summary>
    protected abstract void Multiply(PackedMatrix matrix, ReadOnlySpan<short> codes, Span<int> sums);
}
