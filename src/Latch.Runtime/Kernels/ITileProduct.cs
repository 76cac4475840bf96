using System.Runtime.CompilerServices;

namespace Latch.Runtime.Kernels;

/// <summary>
/// The products of one instruction set, over tiles: the weights of 16 units, one row per gate of each. A tile lies in memory in the order in which
/// this product reads it; codes are prepared once per step, for all tiles. Every sum is exact in 32 bits (NUMERICS.md section 8 bounds every row).
/// </summary>
internal interface ITileProduct
{
    /// <summary>Bytes of a packed tile, a multiple of 64.</summary>
    static abstract int TileBytes(TileShape shape);

    /// <summary>Packs a tile.</summary>
    /// <param name="rows">Int8 weights [gates, 16, columns], -127..127; rows of absent units are zero.</param>
    /// <param name="shape">The tile's shape.</param>
    /// <param name="tile">Receives <see cref="TileBytes"/> bytes; zero before.</param>
    static abstract void Pack(ReadOnlySpan<sbyte> rows, TileShape shape, Span<sbyte> tile);

    /// <summary>Bytes of so many prepared codes, a multiple of 64.</summary>
    static abstract int PreparedBytes(int columns, bool wide);

    /// <summary>Brings codes into the form in which the products read them.</summary>
    /// <param name="codes">Int8 or int16 codes.</param>
    /// <param name="prepared">Receives <see cref="PreparedBytes"/> bytes; 64-byte aligned.</param>
    static abstract void Prepare(in CodeSpan codes, ref byte prepared);

    /// <summary>sums[gate, unit] = sum over column of code x weight, for int8 codes.</summary>
    /// <param name="tile">A packed tile, 64-byte aligned.</param>
    /// <param name="prepared">Prepared codes, as many as the tile has columns.</param>
    /// <param name="columns">Weights per row.</param>
    /// <param name="sums">Receives [gates, 16] sums.</param>
    static abstract void Multiply<TGates>(ref readonly sbyte tile, ref readonly byte prepared, int columns, ref int sums)
        where TGates : struct, IGateCount;

    /// <summary>The same for int16 codes.</summary>
    static abstract void MultiplyWide<TGates>(ref readonly sbyte tile, ref readonly byte prepared, int columns, ref int sums)
        where TGates : struct, IGateCount;
}

/// <summary>From a tile's shape to the product compiled for it.</summary>
internal static class TileProduct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply<TProduct>(ref readonly sbyte tile, ref readonly byte prepared, TileShape shape, ref int sums)
        where TProduct : struct, ITileProduct
    {
        if (shape.Gates == 4)
            Multiply<TProduct, FourGates>(in tile, in prepared, shape, ref sums);
        else if (shape.Gates == 3)
            Multiply<TProduct, ThreeGates>(in tile, in prepared, shape, ref sums);
        else if (shape.Gates == 2)
            Multiply<TProduct, TwoGates>(in tile, in prepared, shape, ref sums);
        else
            Multiply<TProduct, OneGate>(in tile, in prepared, shape, ref sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Multiply<TProduct, TGates>(ref readonly sbyte tile, ref readonly byte prepared, TileShape shape, ref int sums)
        where TProduct : struct, ITileProduct
        where TGates : struct, IGateCount
    {
        if (shape.IsWide)
            TProduct.MultiplyWide<TGates>(in tile, in prepared, shape.Columns, ref sums);
        else
            TProduct.Multiply<TGates>(in tile, in prepared, shape.Columns, ref sums);
    }
}

/// <summary>What a tile is multiplied with.</summary>
/// <param name="Gates">Rows per unit, 1 to 4.</param>
/// <param name="Columns">Weights per row.</param>
/// <param name="IsWide">True for int16 codes, false for int8.</param>
internal readonly record struct TileShape(int Gates, int Columns, bool IsWide)
{
    /// <summary>Units of a tile.</summary>
    public const int Units = 1 << UnitBits;

    public const int UnitBits = 4;

    /// <summary>Rows of the tile.</summary>
    public int Rows => Gates * Units;

    /// <summary>Tiles that hold so many units.</summary>
    public static int TilesFor(int units) => (units + Units - 1) / Units;
}

/// <summary>A number of gates as a type, so that a product is compiled for it.</summary>
internal interface IGateCount
{
    static abstract int Count { get; }
}

internal readonly struct OneGate : IGateCount
{
    public static int Count => 1;
}

internal readonly struct TwoGates : IGateCount
{
    public static int Count => 2;
}

internal readonly struct ThreeGates : IGateCount
{
    public static int Count => 3;
}

internal readonly struct FourGates : IGateCount
{
    public static int Count => 4;
}
