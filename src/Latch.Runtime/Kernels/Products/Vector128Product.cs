using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Latch.Runtime.Kernels.Products;

/// <summary>
/// Portable vectors, for processors that have none of the others. A tile is [column][gate][16 rows], so a load holds 16 rows of one column and the sums land as
/// vectors of rows. Int8: two products are added in 16 bits before they are widened, 2 x 128 x 127 = 32512. Int16: products in 32 bits.
/// </summary>
internal readonly struct Vector128Product : ITileProduct
{
    public static int TileBytes(TileShape shape) => AlignedBuffer.Align(shape.Rows * shape.Columns);

    public static void Pack(ReadOnlySpan<sbyte> rows, TileShape shape, Span<sbyte> tile)
    {
        for (int row = 0; row < shape.Rows; row++)
        {
            for (int column = 0; column < shape.Columns; column++)
                tile[(column * shape.Rows) + row] = rows[(row * shape.Columns) + column];
        }
    }

    public static int PreparedBytes(int columns, bool wide) => AlignedBuffer.Align(wide ? 2 * columns : columns);

    public static void Prepare(in CodeSpan codes, ref byte prepared) => codes.Bytes.CopyTo(MemoryMarshal.CreateSpan(ref prepared, codes.Bytes.Length));

    public static void Multiply<TGates>(ref readonly sbyte tile, ref readonly byte prepared, int columns, ref int sums)
        where TGates : struct, IGateCount
    {
        nuint rows = (nuint)(TGates.Count * TileShape.Units);
        for (nuint first = 0; first < rows; first += TileShape.Units)
        {
            ref sbyte codes = ref Unsafe.As<byte, sbyte>(ref Unsafe.AsRef(in prepared));
            MultiplyGate(ref Unsafe.Add(ref Unsafe.AsRef(in tile), first), rows, ref codes, columns, ref Unsafe.Add(ref sums, first));
        }
    }

    public static void MultiplyWide<TGates>(ref readonly sbyte tile, ref readonly byte prepared, int columns, ref int sums)
        where TGates : struct, IGateCount
    {
        nuint rows = (nuint)(TGates.Count * TileShape.Units);
        for (nuint first = 0; first < rows; first += TileShape.Units)
        {
            ref short codes = ref Unsafe.As<byte, short>(ref Unsafe.AsRef(in prepared));
            MultiplyGate(ref Unsafe.Add(ref Unsafe.AsRef(in tile), first), rows, ref codes, columns, ref Unsafe.Add(ref sums, first));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyGate(ref sbyte weights, nuint rows, ref sbyte codes, int columns, ref int sums)
    {
        Vector128<int> sum0 = default, sum4 = default, sum8 = default, sum12 = default;
        for (int column = 0; column < columns; column += 2)
        {
            Vector128<short> first = Vector128.Create((short)Unsafe.Add(ref codes, column)), second = default;
            Vector128<sbyte> a = Vector128.LoadUnsafe(ref weights), b = default;
            if (column + 1 < columns)
                (second, b) = (Vector128.Create((short)Unsafe.Add(ref codes, column + 1)), Vector128.LoadUnsafe(ref weights, rows));
            Vector128<short> low = (Vector128.WidenLower(a) * first) + (Vector128.WidenLower(b) * second);
            Vector128<short> high = (Vector128.WidenUpper(a) * first) + (Vector128.WidenUpper(b) * second);
            sum0 += Vector128.WidenLower(low);
            sum4 += Vector128.WidenUpper(low);
            sum8 += Vector128.WidenLower(high);
            sum12 += Vector128.WidenUpper(high);
            weights = ref Unsafe.Add(ref weights, 2 * rows);
        }
        Store(sum0, sum4, sum8, sum12, ref sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyGate(ref sbyte weights, nuint rows, ref short codes, int columns, ref int sums)
    {
        Vector128<int> sum0 = default, sum4 = default, sum8 = default, sum12 = default;
        for (int column = 0; column < columns; column++)
        {
            Vector128<int> code = Vector128.Create((int)Unsafe.Add(ref codes, column));
            Vector128<sbyte> a = Vector128.LoadUnsafe(ref weights);
            Vector128<short> low = Vector128.WidenLower(a), high = Vector128.WidenUpper(a);
            sum0 += Vector128.WidenLower(low) * code;
            sum4 += Vector128.WidenUpper(low) * code;
            sum8 += Vector128.WidenLower(high) * code;
            sum12 += Vector128.WidenUpper(high) * code;
            weights = ref Unsafe.Add(ref weights, rows);
        }
        Store(sum0, sum4, sum8, sum12, ref sums);
    }

    /// <summary>Stores the sums of the sixteen rows of a gate.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<int> sum0, Vector128<int> sum4, Vector128<int> sum8, Vector128<int> sum12, ref int sums)
    {
        sum0.StoreUnsafe(ref sums);
        sum4.StoreUnsafe(ref sums, 4);
        sum8.StoreUnsafe(ref sums, 8);
        sum12.StoreUnsafe(ref sums, 12);
    }
}
