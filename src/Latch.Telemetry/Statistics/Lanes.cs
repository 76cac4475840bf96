using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Latch.Telemetry;

/// <summary>Vectors in the arrays of a tile's 16 units; the place is a multiple of the lanes and below 16, so no bound is checked.</summary>
internal static class Lanes
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Load<T>(T[] values, int lane) => Vector.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(values), (nuint)lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(Vector<T> vector, T[] values, int lane) => vector.StoreUnsafe(ref MemoryMarshal.GetArrayDataReference(values), (nuint)lane);
}

/// <summary>The weights with which a block of steps joins those before it.</summary>
internal readonly struct Block(int steps, long before)
{
    /// <summary>Steps of the block.</summary>
    public readonly int Steps = steps;

    /// <summary>1 / n.</summary>
    public readonly double PerStep = 1.0 / steps;

    /// <summary>n / (before + n).</summary>
    public readonly double Share = (double)steps / (before + steps);

    /// <summary>before n / (before + n).</summary>
    public readonly double Between = before * ((double)steps / (before + steps));
}
