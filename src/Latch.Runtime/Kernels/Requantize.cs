using System.Runtime.CompilerServices;
using Latch.Model;

namespace Latch.Runtime.Kernels;

/// <summary>The one rounding rule (NUMERICS.md section 1): to nearest, ties upward.</summary>
internal static class Requantize
{
    /// <summary>Fraction bits of gates and of the wide hidden state.</summary>
    public const int FractionBits = 24;

    /// <summary>Fraction bits of pre-activations.</summary>
    public const int PreActivationBits = 13;

    /// <summary>1 in Q7.24.</summary>
    public const int One = 1 << FractionBits;

    /// <summary>rsh(v, s): (v + 2^(s-1)) >> s; v itself for s = 0. The caller keeps v + 2^(s-1) within 64 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long RoundShift(long value, int shift) => (value + ((1L << shift) >> 1)) >> shift;

    /// <summary>rsh(v M, S) for |v| up to 2^31.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Apply(long value, Rescale rescale) => RoundShift(value * rescale.Multiplier, rescale.Shift);

    /// <summary>rsh(v M, S) for any 64-bit v: the product is taken in 128 bits, the result limited to +-2^62.</summary>
    public static long ApplyWide(long value, Rescale rescale)
    {
        Int128 rounded = (((Int128)value * rescale.Multiplier) + ((Int128.One << rescale.Shift) >> 1)) >> rescale.Shift;
        return (long)Int128.Clamp(rounded, -(1L << 62), 1L << 62);
    }

    /// <summary>mul(a, b) of NUMERICS.md section 5: rsh(a b, 24).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Multiply(long a, long b) => ((a * b) + (1 << (FractionBits - 1))) >> FractionBits;

    /// <summary>Limits to +-(2^31 - 1), the range of a Q7.24 value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Saturate(long value) => (int)Math.Clamp(value, -int.MaxValue, int.MaxValue);
}
