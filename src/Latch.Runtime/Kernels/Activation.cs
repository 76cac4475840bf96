using System.Runtime.CompilerServices;
using Latch.Model;
using static Latch.Runtime.Kernels.Requantize;

namespace Latch.Runtime.Kernels;

/// <summary>The activation functions of NUMERICS.md section 4: z in Q.13 to Q7.24, limited to +-(2^31 - 1).</summary>
internal static class Activation
{
    /// <summary>|z| at which the tables end: 16 in Q.13.</summary>
    public const int CurveEnd = 1 << 17;

    /// <summary>Largest |z| of a straight function: 128 in Q.13.</summary>
    public const int StraightEnd = 1 << 20;

    private const int Widen = FractionBits - PreActivationBits;

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
            _ => (int)Math.Max(Math.Min(v, function.Beta), function.Alpha),
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
