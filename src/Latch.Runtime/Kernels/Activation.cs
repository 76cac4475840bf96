using System.Numerics;
using System.Runtime.CompilerServices;
using Latch.Model;
using static Latch.Runtime.Kernels.Requantize;

namespace Latch.Runtime.Kernels;

/// <summary>The activation functions of NUMERICS.md section 4: z in Q.13 to Q7.24, limited to +-(2^31 - 1).</summary>
internal static class Activation
{
    /// <summary>|z| at which the tables end: 16 in Q.13.</summary>
    public const int CurveEnd = 1 << CurveBits;

    /// <summary>Bits of a table's argument.</summary>
    public const int CurveBits = 17;

    /// <summary>ln 2 in Q.24.</summary>
    public const int LogarithmOfTwo = 11629080;

    /// <summary>Largest |z| of a straight function: 128 in Q.13.</summary>
    public const int StraightEnd = 1 << 20;

    private const int Widen = FractionBits - PreActivationBits;

    /// <summary>1/6 in Q7.24.</summary>
    private const int Sixth = (One + 3) / 6;

    /// <summary>pi/4 in Q7.24.</summary>
    private const int EighthOfACircle = 13176795;

    /// <summary>values[i] = f(z[i]). The spans have the same length and may be the same.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(ActivationFunction function, ReadOnlySpan<int> z, Span<int> values)
    {
        z = z[..values.Length];
        if (function.Kind == ActivationKind.Sigmoid)
        {
            for (int i = 0; i < values.Length; i++)
                values[i] = Sigmoid(z[i]);
        }
        else if (function.Kind == ActivationKind.Tanh)
        {
            for (int i = 0; i < values.Length; i++)
                values[i] = Tanh(z[i]);
        }
        else
        {
            for (int i = 0; i < values.Length; i++)
                values[i] = Apply(function, z[i]);
        }
    }

    /// <summary>f(z) for one z.</summary>
    public static int Apply(ActivationFunction function, int z)
    {
        long v = (long)z << Widen;
        return function.Kind switch
        {
            ActivationKind.Identity => Saturate(v),
            ActivationKind.Sigmoid => Sigmoid(z),
            ActivationKind.Tanh => Tanh(z),
            ActivationKind.Relu => Saturate(Math.Max(v, 0)),
            ActivationKind.LeakyRelu => Saturate(v < 0 ? Multiply(v, function.Alpha) : v),
            ActivationKind.ThresholdedRelu => Saturate(v > function.Alpha ? v : 0),
            ActivationKind.Affine => Saturate(Multiply(v, function.Alpha) + function.Beta),
            ActivationKind.ScaledTanh => Saturate(Multiply(ScaledTanh(v, function.Beta), function.Alpha)),
            ActivationKind.HardSigmoid => (int)Math.Clamp(Multiply(v, function.Alpha) + function.Beta, 0, One),
            ActivationKind.Elu => Saturate(v < 0 ? Multiply(Exponential(-z) - One, function.Alpha) : v),
            ActivationKind.Softsign => (int)(((long)z << FractionBits) / ((1 << PreActivationBits) + Math.Abs(z))),
            ActivationKind.Softplus => Softplus(z),
            ActivationKind.Clip => (int)Math.Max(Math.Min(v, function.Beta), function.Alpha),
            ActivationKind.Gelu => Saturate(Math.Max(v, 0) - Tail(CurveTables.GeluTail, 2L * Math.Abs(z))),
            ActivationKind.GeluTanh => Saturate(Math.Max(v, 0) - Tail(CurveTables.GeluTanhTail, 2L * Math.Abs(z))),
            ActivationKind.HardSwish => Saturate(Multiply(v, Math.Clamp(Multiply(v, Sixth) + (One / 2), 0, One))),
            ActivationKind.Erf => ErrorFunction(z),
            ActivationKind.Atan => Arctangent(z),
            _ => throw new InvalidOperationException("The activation has no integer form."),
        };
    }

    /// <summary>1 / (1 + e^-z).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sigmoid(int z)
    {
        int u = Math.Abs(z);
        int tail = u >= CurveEnd ? 0 : Curve(CurveTables.Sigmoid, u);
        return z >= 0 ? One - tail : tail;
    }

    /// <summary>tanh z.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Tanh(int z)
    {
        int u = 2 * Math.Abs(z);
        int magnitude = u >= CurveEnd ? One : One - (2 * Curve(CurveTables.Sigmoid, u));
        return z >= 0 ? magnitude : -magnitude;
    }

    /// <summary>e^-u for u >= 0.</summary>
    public static int Exponential(int u) => u >= CurveEnd ? 0 : Curve(CurveTables.Exponential, u);

    /// <summary>2^f for f in [0, 1) as Q.17: Q.24, from 1 up to 2.</summary>
    public static int PowerOfTwo(int f) => Curve(CurveTables.PowerOfTwo, f);

    /// <summary>ln v in Q.24 for v >= 1.</summary>
    public static long Logarithm(ulong v)
    {
        int exponent = BitOperations.Log2(v);
        // v = 2^exponent (1 + f); f in Q.17, what is below is cut off.
        int f = (int)(exponent <= CurveBits ? v << (CurveBits - exponent) : v >> (exponent - CurveBits)) & (CurveEnd - 1);
        return ((long)exponent * LogarithmOfTwo) + Curve(CurveTables.LogOnePlus, f);
    }

    /// <summary>A curve that is 0 where its table ends.</summary>
    private static int Tail(ReadOnlySpan<int> table, long u) => u >= CurveEnd ? 0 : Curve(table, (int)u);

    /// <summary>erf z.</summary>
    private static int ErrorFunction(int z)
    {
        int magnitude = One - Tail(CurveTables.ErrorTail, 4L * Math.Abs(z));
        return z >= 0 ? magnitude : -magnitude;
    }

    /// <summary>arctan z: up to 1 by the curve over 16|z|, beyond by that over 16/|z| mirrored at pi/4.</summary>
    private static int Arctangent(int z)
    {
        int u = Math.Abs(z);
        int magnitude = u <= 1 << PreActivationBits
            ? EighthOfACircle - Tail(CurveTables.ArctangentTail, 16L * u)
            : EighthOfACircle + Tail(CurveTables.ArctangentTail, ((1L << (PreActivationBits + CurveBits)) + (u / 2)) / u);
        return z >= 0 ? magnitude : -magnitude;
    }

    private static int Softplus(int z)
    {
        int u = Math.Abs(z);
        return Saturate(((long)Math.Max(z, 0) << Widen) + (u >= CurveEnd ? 0 : Curve(CurveTables.Softplus, u)));
    }

    private static int ScaledTanh(long v, int beta) =>
        Tanh((int)Math.Clamp(RoundShift(Multiply(v, beta), Widen), -StraightEnd, StraightEnd));

    /// <summary>P(u) for u in [0, 2^17): the cubic of its segment.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Curve(ReadOnlySpan<int> table, int u)
    {
        long t = u & 0xFFF;
        ReadOnlySpan<int> a = table.Slice(4 * (u >> 12), 4);
        long inner = a[2] + ((a[3] * t) >> 12);
        return a[0] + (int)(((a[1] + ((inner * t) >> 15)) * t) >> 9);
    }
}
