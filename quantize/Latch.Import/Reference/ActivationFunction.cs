using Latch.Import.Graph;

namespace Latch.Import.Reference;

/// <summary>The formulas of <see cref="ActivationKind"/>, computed in double precision.</summary>
internal static class ActivationFunction
{
    /// <summary>The function with its parameters bound; PRelu is not among them, its slope varies by element.</summary>
    public static Func<float, float> Of(ActivationKind kind, float alpha, float beta) => kind switch
    {
        ActivationKind.Sigmoid => static x => (float)(1 / (1 + Math.Exp(-(double)x))),
        ActivationKind.Tanh => static x => (float)Math.Tanh(x),
        ActivationKind.Relu => static x => MathF.Max(0, x),
        ActivationKind.LeakyRelu => x => x >= 0 ? x : alpha * x,
        ActivationKind.ThresholdedRelu => x => x > alpha ? x : 0,
        ActivationKind.HardSigmoid => x => MathF.Max(0, MathF.Min(1, (alpha * x) + beta)),
        ActivationKind.ScaledTanh => x => (float)(alpha * Math.Tanh((double)beta * x)),
        ActivationKind.Affine => x => (alpha * x) + beta,
        ActivationKind.Elu => x => x >= 0 ? x : (float)(alpha * Math.Exp(x) - alpha),
        ActivationKind.Softsign => static x => x / (1 + MathF.Abs(x)),
        ActivationKind.Softplus => static x => (float)(Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs((double)x)))),
        ActivationKind.Clip => x => MathF.Max(alpha, MathF.Min(beta, x)),
        ActivationKind.Exp => static x => (float)Math.Exp(x),
        ActivationKind.Log => static x => (float)Math.Log(x),
        ActivationKind.Sqrt => static x => MathF.Sqrt(x),
        ActivationKind.Reciprocal => static x => 1 / x,
        ActivationKind.Abs => static x => MathF.Abs(x),
        ActivationKind.Gelu => static x => (float)(x / 2.0 * (1 + ErrorFunction.Of(x / Math.Sqrt(2)))),
        ActivationKind.GeluTanh => static x => (float)(x / 2.0 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * (double)x * x))))),
        ActivationKind.HardSwish => static x => x * MathF.Max(0, MathF.Min(1, (x / 6) + 0.5f)),
        ActivationKind.Erf => static x => (float)ErrorFunction.Of(x),
        ActivationKind.Atan => static x => (float)Math.Atan(x),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "an activation with parameters of its own"),
    };
}
