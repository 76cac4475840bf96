using System.Runtime.InteropServices;

namespace Latch.Runtime.Kernels.Products;

/// <summary>
/// What the arm64 products share. A tile is [group of four columns][gate][16 rows x 4 columns, in an order that each product has for itself], an even number of
/// groups; prepared codes are the codes, filled with zeros to a multiple of 64 bytes. Int16 codes are taken byte by byte (<see cref="ByteSplit"/>).
/// </summary>
internal static class Arm64Layout
{
    /// <summary>Bytes of one column group of one gate.</summary>
    public const int Block = 64;

    public static int TileBytes(TileShape shape) => ByteSplit.Header(shape) + AlignedBuffer.Align((shape.Columns + 7) / 8 * 2 * shape.Gates * Block);

    /// <summary>Packs a tile.</summary>
    /// <param name="rows">Int8 weights [gates, 16, columns].</param>
    /// <param name="shape">The tile's shape.</param>
    /// <param name="tile">Receives the tile.</param>
    /// <param name="place">Place of (row, column) within the 64 bytes of a column group, row 0 to 15, column 0 to 3.</param>
    public static void Pack(ReadOnlySpan<sbyte> rows, TileShape shape, Span<sbyte> tile, Func<int, int, int> place)
    {
        ByteSplit.PackHeader(rows, shape, tile);
        tile = tile[ByteSplit.Header(shape)..];
        for (int row = 0; row < shape.Rows; row++)
        {
            int gate = row / TileShape.Units, unit = row % TileShape.Units;
            for (int column = 0; column < shape.Columns; column++)
                tile[(((column / 4 * shape.Gates) + gate) * Block) + place(unit, column % 4)] = rows[(row * shape.Columns) + column];
        }
    }

    public static int PreparedBytes(int columns, bool wide) => (wide ? 2 : 1) * AlignedBuffer.Align(columns);

    public static void Prepare(in CodeSpan codes, ref byte prepared)
    {
        if (codes.IsWide)
        {
            ByteSplit.Prepare(codes.Wide, ref prepared);
            return;
        }
        Span<byte> bytes = MemoryMarshal.CreateSpan(ref prepared, PreparedBytes(codes.Count, wide: false));
        codes.Bytes.CopyTo(bytes);
        bytes[codes.Bytes.Length..].Clear();
    }
}
