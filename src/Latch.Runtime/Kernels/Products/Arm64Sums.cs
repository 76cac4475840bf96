using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Latch.Runtime.Kernels.Products;

/// <summary>Products with int16 codes, the same on all arm64 cores: a column of 16 rows is 16 bytes, widened and multiplied into 32 bits.</summary>
internal static unsafe class Arm64Sums
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<int> rows0, Vector128<int> rows4, Vector128<int> rows8, Vector128<int> rows12, ref int sums)
    {
        rows0.StoreUnsafe(ref sums);
        rows4.StoreUnsafe(ref sums, 4);
        rows8.StoreUnsafe(ref sums, 8);
        rows12.StoreUnsafe(ref sums, 12);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyWide(ref readonly sbyte tile, ref readonly byte prepared, TileShape shape, ref int sums)
    {
        // Both lie in memory that does not move (AlignedBuffer).
        var weights = (sbyte*)Unsafe.AsPointer(ref Unsafe.AsRef(in tile));
        var codes = (short*)Unsafe.AsPointer(ref Unsafe.AsRef(in prepared));
        for (int gate = 0; gate < shape.Gates; gate++, weights += TileShape.Units)
        {
            Vector128<int> sum0 = Vector128<int>.Zero, sum4 = sum0, sum8 = sum0, sum12 = sum0;
            sbyte* column = weights;
            for (short* code = codes, end = code + shape.Columns; code < end; code++, column += shape.Rows)
            {
                Vector64<short> value = AdvSimd.LoadAndReplicateToVector64(code);
                Vector128<sbyte> rows = Vector128.Load(column);
                Vector128<short> low = AdvSimd.SignExtendWideningLower(rows.GetLower()), high = AdvSimd.SignExtendWideningUpper(rows);
                sum0 = AdvSimd.MultiplyWideningLowerAndAdd(sum0, low.GetLower(), value);
                sum4 = AdvSimd.MultiplyWideningLowerAndAdd(sum4, low.GetUpper(), value);
                sum8 = AdvSimd.MultiplyWideningLowerAndAdd(sum8, high.GetLower(), value);
                sum12 = AdvSimd.MultiplyWideningLowerAndAdd(sum12, high.GetUpper(), value);
            }
            Store(sum0, sum4, sum8, sum12, ref Unsafe.Add(ref sums, TileShape.Units * gate));
        }
    }
}
