using System.Diagnostics.CodeAnalysis;
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
        GateSums first = default, second = default, third = default, fourth = default;
        for (byte* end = codes + columns; codes < end; codes += 8)
        {
            Vector64<sbyte> octet = Vector64.Load((sbyte*)codes);
            Add<TGates>(ref first, ref second, ref third, ref fourth, weights, octet, 0);
            weights += Arm64Layout.Block * TGates.Count;
            Add<TGates>(ref first, ref second, ref third, ref fourth, weights, octet, 1);
            weights += Arm64Layout.Block * TGates.Count;
        }
        first.Store(ref sums);
        if (TGates.Count > 1)
            second.Store(ref Unsafe.Add(ref sums, 16));
        if (TGates.Count > 2)
            third.Store(ref Unsafe.Add(ref sums, 32));
        if (TGates.Count > 3)
            fourth.Store(ref Unsafe.Add(ref sums, 48));
    }

    public static void MultiplyWide<TGates>(ref readonly sbyte tile, ref readonly byte prepared, int columns, ref int sums)
        where TGates : struct, IGateCount =>
        ByteSplit.Multiply<DotProduct, TGates>(in tile, in prepared, columns, ref sums);

    /// <summary>Adds the products of four columns, the lower or the upper four of eight codes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TGates>(
        ref GateSums first, ref GateSums second, ref GateSums third, ref GateSums fourth, sbyte* weights, Vector64<sbyte> octet, [ConstantExpected(Max = 1)] byte half)
        where TGates : struct, IGateCount
    {
        first.Add(weights, 0, octet, half);
        if (TGates.Count > 1)
            second.Add(weights, Arm64Layout.Block, octet, half);
        if (TGates.Count > 2)
            third.Add(weights, 2 * Arm64Layout.Block, octet, half);
        if (TGates.Count > 3)
            fourth.Add(weights, 3 * Arm64Layout.Block, octet, half);
    }

    /// <summary>Sums of the sixteen rows of a gate; its place in the column group is a constant, so that it becomes part of each load.</summary>
    private struct GateSums
    {
        private Vector128<int> _rows0, _rows4, _rows8, _rows12;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(sbyte* weights, [ConstantExpected] int place, Vector64<sbyte> octet, [ConstantExpected(Max = 1)] byte half)
        {
            _rows0 = Dp.DotProductBySelectedQuadruplet(_rows0, Vector128.Load(weights + place), octet, half);
            _rows4 = Dp.DotProductBySelectedQuadruplet(_rows4, Vector128.Load(weights + (place + 16)), octet, half);
            _rows8 = Dp.DotProductBySelectedQuadruplet(_rows8, Vector128.Load(weights + (place + 32)), octet, half);
            _rows12 = Dp.DotProductBySelectedQuadruplet(_rows12, Vector128.Load(weights + (place + 48)), octet, half);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Store(ref int sums) => Vector128Product.Store(_rows0, _rows4, _rows8, _rows12, ref sums);
    }
}
