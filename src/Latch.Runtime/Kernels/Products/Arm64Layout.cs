using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Latch.Runtime.Kernels.Products;

/// <summary>
/// What the arm64 products share. A tile is [group of columns][gate][16 rows x columns of the group]: four columns for int8 codes, in an order within the
/// group that each product has for itself, an even number of groups; one column for int16 codes. Prepared codes are the codes, filled with zeros to a multiple of 64 bytes.
/// </summary>
internal static class Arm64Layout
{
    /// <summary>Bytes of one column group of one gate.</summary>
    public const int Block = 64;

    public static int TileBytes(TileShape shape) =>
        AlignedBuffer.Align(shape.IsWide ? shape.Columns * shape.Rows : (shape.Columns + 7) / 8 * 2 * shape.Gates * Block);

    /// <summary>Packs a tile.</summary>
    /// <param name="rows">Int8 weights [gates, 16, columns].</param>
    /// <param name="shape">The tile's shape.</param>
    /// <param name="tile">Receives the tile.</param>
    /// <param name="place">Int8 codes: place of (row, column) within the 64 bytes of a column group, row 0 to 15, column 0 to 3.</param>
    public static void Pack(ReadOnlySpan<sbyte> rows, TileShape shape, Span<sbyte> tile, Func<int, int, int> place)
    {
        for (int row = 0; row < shape.Rows; row++)
        {
            int gate = row / TileShape.Units, unit = row % TileShape.Units;
            for (int column = 0; column < shape.Columns; column++)
            {
                int index = shape.IsWide ? (column * shape.Rows) + row : (((column / 4 * shape.Gates) + gate) * Block) + place(unit, column % 4);
                tile[index] = rows[(row * shape.Columns) + column];
            }
        }
    }

    public static int PreparedBytes(int columns, bool wide) => AlignedBuffer.Align(wide ? 2 * columns : columns);

    public static void Prepare(in CodeSpan codes, ref byte prepared)
    {
        Span<byte> bytes = MemoryMarshal.CreateSpan(ref prepared, PreparedBytes(codes.Count, codes.IsWide));
        codes.Bytes.CopyTo(bytes);
        bytes[codes.Bytes.Length..].Clear();
    }
}
