using System.Runtime.InteropServices;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Cells;

/// <summary>Takes the constants of one gate's rows in one tile, zero where there is no unit, in the order of the lanes.</summary>
internal readonly struct ConstantPacker<TLanes, TVector>(int units, int gate, int tile)
    where TLanes : struct, ILanes<TLanes, TVector>
    where TVector : struct
{
    private int First => (gate * units) + (tile * TileShape.Units);

    private int Count => Math.Min(units - (tile * TileShape.Units), TileShape.Units);

    /// <summary>Packs 16 integers.</summary>
    /// <param name="rows">One per row of the layer; none at all means zeros.</param>
    /// <param name="packed">Receives 16 integers.</param>
    public void Pack(ReadOnlySpan<int> rows, Span<int> packed) => rows.Slice(First, Count).CopyTo(packed);

    /// <summary>Packs 16 integers of 64 bits.</summary>
    /// <param name="rows">One per row of the layer.</param>
    /// <param name="packed">Receives them in 32 integers.</param>
    public void Pack(ReadOnlySpan<long> rows, Span<int> packed)
    {
        Span<long> constants = stackalloc long[TileShape.Units];
        constants.Clear();
        rows.Slice(First, Count).CopyTo(constants);
        Span<long> result = MemoryMarshal.Cast<int, long>(packed);
        for (int lane = 0; lane < TileShape.Units; lane += TLanes.Count)
            TLanes.PackConstants(constants.Slice(lane, TLanes.Count), result.Slice(lane, TLanes.Count));
    }
}
