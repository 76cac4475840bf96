using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Latch.Runtime.Kernels;

/// <summary>
/// Rows in lanes, written once for x64 and arm64. Layout: [group of 16 rows][column][16 rows], the last group filled with zero rows, so one load
/// holds 16 rows' weights of one column and the sums land as vectors of rows. Int8: two products are added in 16 bits before they are widened,
/// |128 x 127| x 2 = 32512 fits. Int16: products in 32 bits, below 2^22. The 32-bit sums cannot overflow by NUMERICS.md section 8.
/// </summary>
internal sealed class Vector128Kernel : Kernel
{
    private const int GroupRows = 16;

    /// <inheritdoc/>
    public override string Name => "vector128";

    /// <inheritdoc/>
    public override PackedMatrix Pack(ReadOnlySpan<sbyte> weights, int rows, int columns)
    {
        int groups = (rows + GroupRows - 1) / GroupRows;
        var packed = new sbyte[groups * columns * GroupRows];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
                packed[(((row / GroupRows * columns) + column) * GroupRows) + (row % GroupRows)] = weights[(row * columns) + column];
        }
        return new PackedMatrix(packed, rows, columns);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Multiply(PackedMatrix matrix, ReadOnlySpan<sbyte> codes, Span<int> sums)
    {
        Span<int> tail = stackalloc int[GroupRows];
        int groupLength = codes.Length * GroupRows;
        ReadOnlySpan<sbyte> weights = matrix.Weights;
        for (int row = 0; row < sums.Length; row += GroupRows)
        {
            MultiplyGroup(weights[..groupLength], codes, sums.Length - row >= GroupRows ? sums.Slice(row, GroupRows) : tail);
            weights = weights[groupLength..];
            if (sums.Length - row < GroupRows)
                tail[..(sums.Length - row)].CopyTo(sums[row..]);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Multiply(PackedMatrix matrix, ReadOnlySpan<short> codes, Span<int> sums)
    {
        Span<int> tail = stackalloc int[GroupRows];
        int groupLength = codes.Length * GroupRows;
        ReadOnlySpan<sbyte> weights = matrix.Weights;
        for (int row = 0; row < sums.Length; row += GroupRows)
        {
            MultiplyGroup(weights[..groupLength], codes, sums.Length - row >= GroupRows ? sums.Slice(row, GroupRows) : tail);
            weights = weights[groupLength..];
            if (sums.Length - row < GroupRows)
                tail[..(sums.Length - row)].CopyTo(sums[row..]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MultiplyGroup(ReadOnlySpan<sbyte> weights, ReadOnlySpan<sbyte> codes, Span<int> sums)
    {
        ref sbyte weight = ref MemoryMarshal.GetReference(weights);
        Vector128<int> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        int column = 0;
        for (; column + 1 < codes.Length; column += 2)
        {
            Vector128<short> first = Vector128.Create((short)codes[column]);
            Vector128<short> second = Vector128.Create((short)codes[column + 1]);
            Vector128<sbyte> a = Vector128.LoadUnsafe(ref weight);
            Vector128<sbyte> b = Vector128.LoadUnsafe(ref weight, GroupRows);
            Vector128<short> low = (Vector128.WidenLower(a) * first) + (Vector128.WidenLower(b) * second);
            Vector128<short> high = (Vector128.WidenUpper(a) * first) + (Vector128.WidenUpper(b) * second);
            sum0 += Vector128.WidenLower(low);
            sum1 += Vector128.WidenUpper(low);
            sum2 += Vector128.WidenLower(high);
            sum3 += Vector128.WidenUpper(high);
            weight = ref Unsafe.Add(ref weight, 2 * GroupRows);
        }
        if (column < codes.Length)
        {
            Vector128<short> last = Vector128.Create((short)codes[column]);
            Vector128<sbyte> a = Vector128.LoadUnsafe(ref weight);
            Vector128<short> low = Vector128.WidenLower(a) * last;
            Vector128<short> high = Vector128.WidenUpper(a) * last;
            sum0 += Vector128.WidenLower(low);
            sum1 += Vector128.WidenUpper(low);
            sum2 += Vector128.WidenLower(high);
            sum3 += Vector128.WidenUpper(high);
        }
        Store(sums, sum0, sum1, sum2, sum3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MultiplyGroup(ReadOnlySpan<sbyte> weights, ReadOnlySpan<short> codes, Span<int> sums)
    {
        ref sbyte weight = ref MemoryMarshal.GetReference(weights);
        Vector128<int> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        for (int column = 0; column < codes.Length; column++)
        {
            Vector128<int> code = Vector128.Create((int)codes[column]);
            Vector128<sbyte> a = Vector128.LoadUnsafe(ref weight);
            Vector128<short> low = Vector128.WidenLower(a);
            Vector128<short> high = Vector128.WidenUpper(a);
            sum0 += Vector128.WidenLower(low) * code;
            sum1 += Vector128.WidenUpper(low) * code;
            sum2 += Vector128.WidenLower(high) * code;
            sum3 += Vector128.WidenUpper(high) * code;
            weight = ref Unsafe.Add(ref weight, GroupRows);
        }
        Store(sums, sum0, sum1, sum2, sum3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Span<int> sums, Vector128<int> sum0, Vector128<int> sum1, Vector128<int> sum2, Vector128<int> sum3)
    {
        sum0.CopyTo(sums);
        sum1.CopyTo(sums[4..]);
        sum2.CopyTo(sums[8..]);
        sum3.CopyTo(sums[12..]);
    }
}
