using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Latch.Runtime.Kernels.Products;

/// <summary>The definition of the sums: weights row by row, one product after the other. Never tuned.</summary>
internal readonly struct ScalarProduct : ITileProduct
{
    public static int TileBytes(TileShape shape) => AlignedBuffer.Align(shape.Rows * shape.Columns);

    public static void Pack(ReadOnlySpan<sbyte> rows, TileShape shape, Span<sbyte> tile) => rows.CopyTo(tile);

    public static int PreparedBytes(int columns, bool wide) => AlignedBuffer.Align(wide ? 2 * columns : columns);

    public static void Prepare(in CodeSpan codes, ref byte prepared) => codes.Bytes.CopyTo(MemoryMarshal.CreateSpan(ref prepared, codes.Bytes.Length));

    public static void Multiply<TGates>(ref readonly sbyte tile, ref readonly byte prepared, int columns, ref int sums)
        where TGates : struct, IGateCount
    {
        ReadOnlySpan<sbyte> codes = MemoryMarshal.Cast<byte, sbyte>(MemoryMarshal.CreateReadOnlySpan(in prepared, columns));
        for (int row = 0; row < TGates.Count * TileShape.Units; row++)
        {
            int sum = 0;
            for (int column = 0; column < columns; column++)
                sum += codes[column] * Unsafe.Add(ref Unsafe.AsRef(in tile), (row * columns) + column);
            Unsafe.Add(ref sums, row) = sum;
        }
    }

    public static void MultiplyWide<TGates>(ref readonly sbyte tile, ref readonly byte prepared, int columns, ref int sums)
        where TGates : struct, IGateCount
    {
        ReadOnlySpan<short> codes = MemoryMarshal.Cast<byte, short>(MemoryMarshal.CreateReadOnlySpan(in prepared, 2 * columns));
        for (int row = 0; row < TGates.Count * TileShape.Units; row++)
        {
            int sum = 0;
            for (int column = 0; column < columns; column++)
                sum += codes[column] * Unsafe.Add(ref Unsafe.AsRef(in tile), (row * columns) + column);
            Unsafe.Add(ref sums, row) = sum;
        }
    }
}
