using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Latch.Runtime.Kernels.Products;

/// <summary>Cores with dot product (Cortex-A55, A76): four columns of four rows are one vector, sdot adds four products per lane.
/// Eight columns go together: their codes are one load, which costs no vector instruction, as a broadcast of four would.</summary>
internal readonly unsafe struct DotProduct : ITileProduct
{
    public static int TileBytes(TileShape shape) => Arm64Layout.TileBytes(shape);

    public static void Pack(ReadOnlySpan<sbyte> rows, TileShape shape, Span<sbyte> tile) =>
        Arm64Layout.Pack(rows, shape, tile, static (row, column) => (row * 4) + column);

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
        for (byte* end = codes + columns; codes < end; codes += 8)
        {
            Vector64<sbyte> octet = Vector64.Load((sbyte*)codes);
            first0 = Dp.DotProductBySelectedQuadruplet(first0, Vector128.Load(weights), octet, 0);
            first1 = Dp.DotProductBySelectedQuadruplet(first1, Vector128.Load(weights + 16), octet, 0);
            first2 = Dp.DotProductBySelectedQuadruplet(first2, Vector128.Load(weights + 32), octet, 0);
            first3 = Dp.DotProductBySelectedQuadruplet(first3, Vector128.Load(weights + 48), octet, 0);
            if (TGates.Count > 1)
            {
                second0 = Dp.DotProductBySelectedQuadruplet(second0, Vector128.Load(weights + 64), octet, 0);
                second1 = Dp.DotProductBySelectedQuadruplet(second1, Vector128.Load(weights + 80), octet, 0);
                second2 = Dp.DotProductBySelectedQuadruplet(second2, Vector128.Load(weights + 96), octet, 0);
                second3 = Dp.DotProductBySelectedQuadruplet(second3, Vector128.Load(weights + 112), octet, 0);
            }
            if (TGates.Count > 2)
            {
                third0 = Dp.DotProductBySelectedQuadruplet(third0, Vector128.Load(weights + 128), octet, 0);
                third1 = Dp.DotProductBySelectedQuadruplet(third1, Vector128.Load(weights + 144), octet, 0);
                third2 = Dp.DotProductBySelectedQuadruplet(third2, Vector128.Load(weights + 160), octet, 0);
                third3 = Dp.DotProductBySelectedQuadruplet(third3, Vector128.Load(weights + 176), octet, 0);
            }
            if (TGates.Count > 3)
            {
                fourth0 = Dp.DotProductBySelectedQuadruplet(fourth0, Vector128.Load(weights + 192), octet, 0);
                fourth1 = Dp.DotProductBySelectedQuadruplet(fourth1, Vector128.Load(weights + 208), octet, 0);
                fourth2 = Dp.DotProductBySelectedQuadruplet(fourth2, Vector128.Load(weights + 224), octet, 0);
                fourth3 = Dp.DotProductBySelectedQuadruplet(fourth3, Vector128.Load(weights + 240), octet, 0);
            }
            weights += Arm64Layout.Block * TGates.Count;
            first0 = Dp.DotProductBySelectedQuadruplet(first0, Vector128.Load(weights), octet, 1);
            first1 = Dp.DotProductBySelectedQuadruplet(first1, Vector128.Load(weights + 16), octet, 1);
            first2 = Dp.DotProductBySelectedQuadruplet(first2, Vector128.Load(weights + 32), octet, 1);
            first3 = Dp.DotProductBySelectedQuadruplet(first3, Vector128.Load(weights + 48), octet, 1);
            if (TGates.Count > 1)
            {
                second0 = Dp.DotProductBySelectedQuadruplet(second0, Vector128.Load(weights + 64), octet, 1);
                second1 = Dp.DotProductBySelectedQuadruplet(second1, Vector128.Load(weights + 80), octet, 1);
                second2 = Dp.DotProductBySelectedQuadruplet(second2, Vector128.Load(weights + 96), octet, 1);
                second3 = Dp.DotProductBySelectedQuadruplet(second3, Vector128.Load(weights + 112), octet, 1);
            }
            if (TGates.Count > 2)
            {
                third0 = Dp.DotProductBySelectedQuadruplet(third0, Vector128.Load(weights + 128), octet, 1);
                third1 = Dp.DotProductBySelectedQuadruplet(third1, Vector128.Load(weights + 144), octet, 1);
                third2 = Dp.DotProductBySelectedQuadruplet(third2, Vector128.Load(weights + 160), octet, 1);
                third3 = Dp.DotProductBySelectedQuadruplet(third3, Vector128.Load(weights + 176), octet, 1);
            }
            if (TGates.Count > 3)
            {
                fourth0 = Dp.DotProductBySelectedQuadruplet(fourth0, Vector128.Load(weights + 192), octet, 1);
                fourth1 = Dp.DotProductBySelectedQuadruplet(fourth1, Vector128.Load(weights + 208), octet, 1);
                fourth2 = Dp.DotProductBySelectedQuadruplet(fourth2, Vector128.Load(weights + 224), octet, 1);
                fourth3 = Dp.DotProductBySelectedQuadruplet(fourth3, Vector128.Load(weights + 240), octet, 1);
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

    public static void MultiplyWide(ref readonly sbyte tile, ref readonly byte prepared, TileShape shape, ref int sums) =>
        Arm64Sums.MultiplyWide(in tile, in prepared, shape, ref sums);
}
