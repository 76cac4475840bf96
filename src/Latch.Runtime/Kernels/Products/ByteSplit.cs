using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Latch.Runtime.Kernels.Products;

/// <summary>
/// Int16 codes by a product of int8 codes: x = 256 h + l + 128 with h and l in -128..127, so sum(x w) = 256 sum(h w) + sum(l w) + 128 sum(w). A tile begins with
/// 128 sum(w) of its rows; prepared codes are all h, then all l. Every part fits 32 bits: 256 x 128 sum|w| is the bound of NUMERICS.md section 8 itself.
/// Arithmetic for 16 rows of four columns: 8 sdot, or 24 of smull, smlal and sadalp; with the codes as they are, it would be 24 of sxtl and smlal, each smlal with a
/// quarter of the products of an sdot, and all of one row waiting for one another. By the estimates of targets/model a step gains from 8 or 16 columns on (Cortex-A72: 32);
/// with 4 inputs and 32 units it loses up to 7 %.
/// </summary>
internal static class ByteSplit
{
    /// <summary>Bytes of a tile before its weights.</summary>
    public static int Header(TileShape shape) => shape.IsWide ? shape.Rows * sizeof(int) : 0;

    /// <summary>Writes the beginning of a tile; nothing for int8 codes.</summary>
    public static void PackHeader(ReadOnlySpan<sbyte> rows, TileShape shape, Span<sbyte> tile)
    {
        Span<int> sums = MemoryMarshal.Cast<sbyte, int>(tile[..Header(shape)]);
        for (int row = 0; row < sums.Length; row++)
        {
            foreach (sbyte weight in rows.Slice(row * shape.Columns, shape.Columns))
                sums[row] += 128 * weight;
        }
    }

    /// <summary>Splits codes: all h, then all l, each filled with zeros to a multiple of 64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Prepare(ReadOnlySpan<short> codes, ref byte prepared)
    {
        int length = AlignedBuffer.Align(codes.Length), column = 0;
        Span<sbyte> high = MemoryMarshal.CreateSpan(ref Unsafe.As<byte, sbyte>(ref prepared), length);
        Span<sbyte> low = MemoryMarshal.CreateSpan(ref Unsafe.As<byte, sbyte>(ref Unsafe.Add(ref prepared, length)), length);
        ref short source = ref MemoryMarshal.GetReference(codes);
        for (; column <= codes.Length - 16; column += 16)
        {
            Vector128<short> first = Vector128.LoadUnsafe(ref source, (nuint)column), second = Vector128.LoadUnsafe(ref source, (nuint)column + 8);
            Vector128.Narrow(first >> 8, second >> 8).StoreUnsafe(ref MemoryMarshal.GetReference(high), (nuint)column);
            (Vector128.Narrow(first, second) ^ Vector128.Create(sbyte.MinValue)).StoreUnsafe(ref MemoryMarshal.GetReference(low), (nuint)column);
        }
        for (; column < codes.Length; column++)
            (high[column], low[column]) = ((sbyte)(codes[column] >> 8), (sbyte)((codes[column] & 0xFF) - 128));
        high[column..].Clear();
        low[column..].Clear();
    }

    /// <summary>sums[gate, unit] = sum over column of code x weight.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<TProduct, TGates>(ref readonly sbyte tile, ref readonly byte prepared, int columns, ref int sums)
        where TProduct : struct, ITileProduct
        where TGates : struct, IGateCount
    {
        int rows = TGates.Count * TileShape.Units;
        ref int header = ref Unsafe.As<sbyte, int>(ref Unsafe.AsRef(in tile));
        ref sbyte weights = ref Unsafe.Add(ref Unsafe.AsRef(in tile), rows * sizeof(int));
        Unsafe.SkipInit(out LowSums room);
        ref int low = ref Unsafe.As<LowSums, int>(ref room);
        TProduct.Multiply<TGates>(in weights, in prepared, columns, ref sums);
        TProduct.Multiply<TGates>(in weights, in Unsafe.Add(ref Unsafe.AsRef(in prepared), AlignedBuffer.Align(columns)), columns, ref low);
        for (nuint row = 0; row < (nuint)rows; row += 4)
        {
            Vector128<int> rest = Vector128.LoadUnsafe(ref low, row) + Vector128.LoadUnsafe(ref header, row);
            ((Vector128.LoadUnsafe(ref sums, row) << 8) + rest).StoreUnsafe(ref sums, row);
        }
    }

    /// <summary>Sums of a tile with four gates.</summary>
    [InlineArray(4 * TileShape.Units)]
    private struct LowSums
    {
        private int _first;
    }
}
