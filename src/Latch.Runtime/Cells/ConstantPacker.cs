using System.Runtime.InteropServices;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Cells;

/// <summary>Takes the constants of one vector of one gate's rows, zero where there is no unit, in the order of the lanes.</summary>
/// <param name="units">Units of the layer.</param>
/// <param name="gate">The gate.</param>
/// <param name="unit">The first unit of the vector.</param>
internal readonly struct ConstantPacker<TLanes, TVector>(int units, int gate, int unit)
    where TLanes : struct, ILanes<TLanes, TVector>
    where TVector : struct
{
    private int First => (gate * units) + Math.Min(unit, units);

    private int Count => Math.Clamp(units - unit, 0, TLanes.Count);

    /// <summary>Packs integers.</summary>
    /// <param name="rows">One per row of the layer.</param>
    /// <param name="packed">Receives one per lane.</param>
    public void Pack(ReadOnlySpan<int> rows, Span<int> packed) => rows.Slice(First, Count).CopyTo(packed);

    /// <summary>Packs integers of 64 bits.</summary>
    /// <param name="rows">One per row of the layer.</param>
    /// <param name="packed">Receives two integers per lane.</param>
    public void Pack(ReadOnlySpan<long> rows, Span<int> packed)
    {
        Span<long> constants = stackalloc long[TLanes.Count];
        constants.Clear();
        rows.Slice(First, Count).CopyTo(constants);
        TLanes.PackConstants(constants, MemoryMarshal.Cast<int, long>(packed));
    }
}
