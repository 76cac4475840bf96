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
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "an activation with parameters of its own"),
    };
}
