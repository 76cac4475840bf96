using System.Runtime.CompilerServices;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Cells;

/// <summary>
/// The weights of one or more matrices over the same units, tile by tile as a step reads them: [tile][matrix][the product's own order], so that one pass over
/// a layer is one pass over this memory.
/// </summary>
internal sealed class PackedTiles
{
    private readonly AlignedBuffer _buffer;
    private readonly TileShape[] _shapes;
    private readonly int[] _offsets;
    private readonly int _units;

    private PackedTiles(int units, TileShape[] shapes, ReadOnlySpan<int> tileBytes)
    {
        (_units, _shapes, _offsets) = (units, shapes, new int[shapes.Length]);
        for (int matrix = 0; matrix < shapes.Length; matrix++)
        {
            _offsets[matrix] = Stride;
            Stride = checked(Stride + tileBytes[matrix]);
        }
        Count = TileShape.TilesFor(units);
        _buffer = new AlignedBuffer(checked(Count * Stride));
    }

    /// <summary>Number of tiles.</summary>
    public int Count { get; }

    public int Bytes => _buffer.Length;

    /// <summary>Bytes from a tile to the next.</summary>
    public int Stride { get; }

    public TileShape Shape(int matrix) => _shapes[matrix];

    /// <summary>The first weight of a tile.</summary>
    public ref sbyte Tile(int tile, int matrix) => ref Unsafe.As<byte, sbyte>(ref Unsafe.Add(ref _buffer.First, (tile * Stride) + _offsets[matrix]));

    /// <summary>Room for matrices [gates x units, columns], each with the shape of its tiles; still zero.</summary>
    public static PackedTiles Create<TProduct>(int units, params TileShape[] shapes)
        where TProduct : struct, ITileProduct =>
        new(units, shapes, Array.ConvertAll(shapes, TProduct.TileBytes));

    /// <summary>Packs one matrix.</summary>
    /// <param name="matrix">Index of its shape.</param>
    /// <param name="weights">Int8 weights [gates x units, columns].</param>
    public PackedTiles Pack<TProduct>(int matrix, ReadOnlySpan<sbyte> weights)
        where TProduct : struct, ITileProduct
    {
        TileShape shape = _shapes[matrix];
        var rows = new sbyte[shape.Rows * shape.Columns];
        for (int tile = 0; tile < Count; tile++)
        {
            Gather(weights, shape, tile, rows);
            TProduct.Pack(rows, shape, _buffer.Sbytes.Slice((tile * Stride) + _offsets[matrix], TProduct.TileBytes(shape)));
        }
        return this;
    }

    /// <summary>The rows of a tile's units: [gates, 16, columns], zero where there is no unit.</summary>
    private void Gather(ReadOnlySpan<sbyte> weights, TileShape shape, int tile, Span<sbyte> rows)
    {
        rows.Clear();
        int first = tile * TileShape.Units, count = Math.Min(_units - first, TileShape.Units) * shape.Columns;
        for (int gate = 0; gate < shape.Gates; gate++)
            weights.Slice(((gate * _units) + first) * shape.Columns, count).CopyTo(rows[(gate * TileShape.Units * shape.Columns)..]);
    }
}
