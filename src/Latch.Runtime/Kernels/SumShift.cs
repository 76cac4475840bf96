using System.Runtime.Intrinsics;

namespace Latch.Runtime.Kernels;

/// <summary>
/// A shift of 64-bit sums to results within 32 bits, in the forms in which lanes take it. Where there is no arithmetic shift that also narrows, it is taken in two
/// parts: up to 32 places in 64 bits, of which only the low 32 count after, the rest in 32.
/// </summary>
internal readonly struct SumShift(int shift)
{
    /// <summary>All places.</summary>
    public readonly int All = shift;

    /// <summary>Places beyond 32, mostly 0.</summary>
    public readonly int Rest = Math.Max(shift - 32, 0);

    /// <summary>Fewer than 32 places to the right, as x64 takes a count: in the low 64 bits.</summary>
    public readonly Vector128<ulong> Right = Vector128.CreateScalar((ulong)Math.Min(shift, 32));

    /// <summary>Places to the left that bring the same bits into the high half of 64.</summary>
    public readonly Vector128<ulong> Left = Vector128.CreateScalar((ulong)(32 - Math.Min(shift, 32)));

    /// <summary>All places to the right as arm64 takes them: negative, per lane.</summary>
    public readonly Vector128<long> Negative = Vector128.Create(-(long)shift);
}
