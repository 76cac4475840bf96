using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Latch.Import.Reference;

/// <summary>
/// Sums of products in single precision over eight lanes of fixed width and order, so that every machine gives the same
/// number. No fused multiply-add is used.
/// </summary>
internal static class DotProduct
{
    /// <summary>The sum of left[i] * right[i]; both have the same length.</summary>
    public static float Of(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        ReadOnlySpan<Vector256<float>> l = MemoryMarshal.Cast<float, Vector256<float>>(left);
        ReadOnlySpan<Vector256<float>> r = MemoryMarshal.Cast<float, Vector256<float>>(right);
        Vector256<float> lanes = Vector256<float>.Zero;
        for (int i = 0; i < l.Length; i++)
            lanes += l[i] * r[i];
        double sum = 0;
        for (int lane = 0; lane < Vector256<float>.Count; lane++)
            sum += lanes[lane];
        for (int i = l.Length * Vector256<float>.Count; i < left.Length; i++)
            sum += (double)left[i] * right[i];
        return (float)sum;
    }

    /// <summary>sums[row] = bias[row] + matrix[row,..] * vector; an empty bias counts as zeros.</summary>
    public static void Rows(
        ReadOnlySpan<float> matrix, ReadOnlySpan<float> vector, ReadOnlySpan<float> bias, Span<float> sums)
    {
        for (int row = 0; row < sums.Length; row++)
        {
            float sum = Of(matrix.Slice(row * vector.Length, vector.Length), vector);
            sums[row] = bias.IsEmpty ? sum : sum + bias[row];
        }
    }
}
