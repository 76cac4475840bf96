using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Latch.Runtime.Kernels.Products;

/// <summary>
/// Cores without dot product (Cortex-A53, A72). 8 bytes are two columns of four rows: smull multiplies the first two columns into eight 16-bit lanes, smlal
/// adds the next two, sadalp adds neighbours into the four 32-bit lanes of the rows. Two products fit 16 bits: 2 x 128 x 127 = 32512.
/// </summary>
internal readonly unsafe struct AdvSimdProduct : ITileProduct
{
    public static int TileBytes(TileShape shape) => Arm64Layout.TileBytes(shape);

    public static void Pack(ReadOnlySpan<sbyte> rows, TileShape shape, Span<sbyte> tile) =>
        Arm64Layout.Pack(rows, shape, tile, static (row, column) => (row / 4 * 16) + (column / 2 * 8) + (row % 4 * 2) + (column % 2));

    public static int PreparedBytes(int columns, bool wide) => Arm64Layout.PreparedBytes(columns, wide);

    public static void Prepare(in CodeSpan codes, ref byte prepared) => Arm64Layout.Prepare(in codes, ref prepared);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<TGates>(ref readonly sbyte tile, ref readonly byte prepared, int columns, ref int sums)
        where TGates : struct, IGateCount
    {
        // Both lie in memory that does not move (AlignedBuffer).
        var weights = (sbyte*)Unsafe.AsPointer(ref Unsafe.AsRef(in tile));
        var codes = (byte*)Unsafe.AsPointer(ref Unsafe.AsRef(in prepared));
        Vector128<int> first0 = Vector128<int>.Zero, first1 = first0, first2 = first0, first3 = first0;
        Vector128<int> second0 = first0, second1 = first0, second2 = first0, second3 = first0;
        Vector128<int> third0 = first0, third1 = first0, third2 = first0, third3 = first0;
        Vector128<int> fourth0 = first0, fourth1 = first0, fourth2 = first0, fourth3 = first0;
        for (byte* end = codes + columns; codes < end; codes += 4)
        {
            Vector64<sbyte> columns01 = AdvSimd.LoadAndReplicateToVector64((short*)codes).AsSByte();
            Vector64<sbyte> columns23 = AdvSimd.LoadAndReplicateToVector64((short*)(codes + 2)).AsSByte();
            first0 = Dot(first0, weights, columns01, columns23);
            first1 = Dot(first1, weights + 16, columns01, columns23);
            first2 = Dot(first2, weights + 32, columns01, columns23);
            first3 = Dot(first3, weights + 48, columns01, columns23);
            if (TGates.Count > 1)
            {
                second0 = Dot(second0, weights + 64, columns01, columns23);
                second1 = Dot(second1, weights + 80, columns01, columns23);
                second2 = Dot(second2, weights + 96, columns01, columns23);
                second3 = Dot(second3, weights + 112, columns01, columns23);
            }
            if (TGates.Count > 2)
            {
                third0 = Dot(third0, weights + 128, columns01, columns23);
                third1 = Dot(third1, weights + 144, columns01, columns23);
                third2 = Dot(third2, weights + 160, columns01, columns23);
                third3 = Dot(third3, weights + 176, columns01, columns23);
            }
            if (TGates.Count > 3)
            {
                fourth0 = Dot(fourth0, weights + 192, columns01, columns23);
                fourth1 = Dot(fourth1, weights + 208, columns01, columns23);
                fourth2 = Dot(fourth2, weights + 224, columns01, columns23);
                fourth3 = Dot(fourth3, weights + 240, columns01, columns23);
            }
            weights += Arm64Layout.Block * TGates.Count;
        }
        Arm64Sums.Store(first0, first1, first2, first3, ref sums);
        if (TGates.Count > 1)
            Arm64Sums.Store(second0, second1, second2, second3, ref Unsafe.Add(ref sums, 16));
        if (TGates.Count > 2)
            Arm64Sums.Store(third0, third1, third2, third3, ref Unsafe.Add(ref sums, 32));
        if (TGates.Count > 3)
            Arm64Sums.Store(fourth0, fourth1, fourth2, fourth3, ref Unsafe.Add(ref sums, 48));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Dot(Vector128<int> sum, sbyte* weights, Vector64<sbyte> columns01, Vector64<sbyte> columns23)
    {
        (Vector64<sbyte> weights01, Vector64<sbyte> weights23) = AdvSimd.Arm64.LoadPairVector64(weights);
        Vector128<short> products = AdvSimd.MultiplyWideningLowerAndAdd(AdvSimd.MultiplyWideningLower(weights01, columns01), weights23, columns23);
        return AdvSimd.AddPairwiseWideningAndAdd(sum, products);
    }

    public static void MultiplyWide(ref readonly sbyte tile, ref readonly byte prepared, TileShape shape, ref int sums) =>
        Arm64Sums.MultiplyWide(in tile, in prepared, shape, ref sums);
}
