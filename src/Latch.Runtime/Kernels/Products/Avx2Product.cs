using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Latch.Runtime.Kernels.Products;

/// <summary>Products of four unsigned and four signed bytes per lane, added up in 32 bits.</summary>
internal interface IByteDot
{
    /// <summary>sum + the four products of each lane, exact for magnitudes up to 128 and weights -128..127 whose sums of two products fit 16 bits.</summary>
    static abstract Vector256<int> Add(Vector256<int> sum, Vector256<byte> magnitude, Vector256<sbyte> weights);
}

/// <summary>AVX2: two products in 16 bits, then two sums in 32.</summary>
internal readonly struct Avx2Dot : IByteDot
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sum, Vector256<byte> magnitude, Vector256<sbyte> weights) =>
        sum + Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(magnitude, weights), Vector256.Create((short)1));
}

/// <summary>AVX-VNNI: four products in one instruction.</summary>
internal readonly struct AvxVnniDot : IByteDot
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sum, Vector256<byte> magnitude, Vector256<sbyte> weights) =>
        AvxVnni.MultiplyWideningAndAdd(sum, magnitude, weights);
}

/// <summary>The layout and the arithmetic of <see cref="Avx512Product"/> in 256 bits: a gate's 16 rows are two vectors.</summary>
internal readonly struct Avx2Product<TDot> : ITileProduct
    where TDot : struct, IByteDot
{
    public static int TileBytes(TileShape shape) => X64Layout.TileBytes(shape);

    public static void Pack(ReadOnlySpan<sbyte> rows, TileShape shape, Span<sbyte> tile) => X64Layout.Pack(rows, shape, tile);

    public static int PreparedBytes(int columns, bool wide) => X64Layout.PreparedBytes(columns, wide);

    public static void Prepare(in CodeSpan codes, ref byte prepared) => X64Layout.Prepare(in codes, ref prepared);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<TGates>(ref readonly sbyte tile, ref readonly byte prepared, int columns, ref int sums)
        where TGates : struct, IGateCount
    {
        ref byte magnitudes = ref Unsafe.Add(ref Unsafe.AsRef(in prepared), X64Layout.Header);
        ref byte signs = ref Unsafe.Add(ref magnitudes, AlignedBuffer.Align(columns));
        ref sbyte weights = ref Unsafe.AsRef(in tile);
        Vector256<int> low0 = Vector256.Create(Unsafe.As<byte, int>(ref Unsafe.AsRef(in prepared))), low1 = low0, low2 = low0, low3 = low0;
        Vector256<int> high0 = low0, high1 = low0, high2 = low0, high3 = low0;
        for (nint column = 0; column < columns; column += 4)
        {
            Vector256<byte> magnitude = Vector256.Create(Unsafe.As<byte, int>(ref Unsafe.Add(ref magnitudes, column))).AsByte();
            Vector256<sbyte> sign = Vector256.Create(Unsafe.As<byte, int>(ref Unsafe.Add(ref signs, column))).AsSByte();
            low0 = TDot.Add(low0, magnitude, Vector256.LoadUnsafe(ref weights) ^ sign);
            high0 = TDot.Add(high0, magnitude, Vector256.LoadUnsafe(ref weights, 32) ^ sign);
            if (TGates.Count > 1)
            {
                low1 = TDot.Add(low1, magnitude, Vector256.LoadUnsafe(ref weights, 64) ^ sign);
                high1 = TDot.Add(high1, magnitude, Vector256.LoadUnsafe(ref weights, 96) ^ sign);
            }
            if (TGates.Count > 2)
            {
                low2 = TDot.Add(low2, magnitude, Vector256.LoadUnsafe(ref weights, 128) ^ sign);
                high2 = TDot.Add(high2, magnitude, Vector256.LoadUnsafe(ref weights, 160) ^ sign);
            }
            if (TGates.Count > 3)
            {
                low3 = TDot.Add(low3, magnitude, Vector256.LoadUnsafe(ref weights, 192) ^ sign);
                high3 = TDot.Add(high3, magnitude, Vector256.LoadUnsafe(ref weights, 224) ^ sign);
            }
            weights = ref Unsafe.Add(ref weights, 64 * TGates.Count);
        }
        Store<TGates>((low0, high0), (low1, high1), (low2, high2), (low3, high3), ref sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TGates>(
        (Vector256<int>, Vector256<int>) sums0, (Vector256<int>, Vector256<int>) sums1, (Vector256<int>, Vector256<int>) sums2, (Vector256<int>, Vector256<int>) sums3, ref int sums)
        where TGates : struct, IGateCount
    {
        Store(sums0.Item1, sums0.Item2, ref sums);
        if (TGates.Count > 1)
            Store(sums1.Item1, sums1.Item2, ref Unsafe.Add(ref sums, 16));
        if (TGates.Count > 2)
            Store(sums2.Item1, sums2.Item2, ref Unsafe.Add(ref sums, 32));
        if (TGates.Count > 3)
            Store(sums3.Item1, sums3.Item2, ref Unsafe.Add(ref sums, 48));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<int> low, Vector256<int> high, ref int sums)
    {
        low.StoreUnsafe(ref sums);
        high.StoreUnsafe(ref sums, 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyWide<TGates>(ref readonly sbyte tile, ref readonly byte prepared, int columns, ref int sums)
        where TGates : struct, IGateCount
    {
        ref sbyte weights = ref Unsafe.AsRef(in tile);
        Vector256<int> low0 = Vector256<int>.Zero, low1 = low0, low2 = low0, low3 = low0, high0 = low0, high1 = low0, high2 = low0, high3 = low0;
        for (nint column = 0; column < columns; column += 2)
        {
            Vector256<short> codes = Vector256.Create(Unsafe.As<byte, int>(ref Unsafe.Add(ref Unsafe.AsRef(in prepared), 2 * column))).AsInt16();
            low0 += Pairs(ref weights, 0, codes);
            high0 += Pairs(ref weights, 16, codes);
            if (TGates.Count > 1)
            {
                low1 += Pairs(ref weights, 32, codes);
                high1 += Pairs(ref weights, 48, codes);
            }
            if (TGates.Count > 2)
            {
                low2 += Pairs(ref weights, 64, codes);
                high2 += Pairs(ref weights, 80, codes);
            }
            if (TGates.Count > 3)
            {
                low3 += Pairs(ref weights, 96, codes);
                high3 += Pairs(ref weights, 112, codes);
            }
            weights = ref Unsafe.Add(ref weights, 32 * TGates.Count);
        }
        Store<TGates>((low0, high0), (low1, high1), (low2, high2), (low3, high3), ref sums);
    }

    /// <summary>Two columns of eight rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Pairs(ref sbyte weights, nuint place, Vector256<short> codes) =>
        Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(Vector128.LoadUnsafe(ref weights, place)), codes);
}
