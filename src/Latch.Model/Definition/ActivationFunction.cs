namespace Latch.Model;

/// <summary>The activation functions of NUMERICS.md section 4.</summary>
public enum ActivationKind
{
    /// <summary>y = x.</summary>
    Identity,

    /// <summary>y = 1 / (1 + e^-x).</summary>
    Sigmoid,

    /// <summary>y = tanh x.</summary>
    Tanh,

    /// <summary>y = max(x, 0).</summary>
    Relu,

    /// <summary>y = x for x >= 0, alpha x below.</summary>
    LeakyRelu,

    /// <summary>y = x for x > alpha, else 0.</summary>
    ThresholdedRelu,

    /// <summary>y = alpha x + beta.</summary>
    Affine,

    /// <summary>y = alpha tanh(beta x).</summary>
    ScaledTanh,

    /// <summary>y = alpha x + beta limited to 0..1.</summary>
    HardSigmoid,

    /// <summary>y = x for x >= 0, alpha (e^x - 1) below.</summary>
    Elu,

    /// <summary>y = x / (1 + |x|).</summary>
    Softsign,

    /// <summary>y = ln(1 + e^x).</summary>
    Softplus,

    /// <summary>y = x limited to alpha..beta.</summary>
    Clip,

    /// <summary>y = x times the normal distribution's share below x: x/2 (1 + erf(x / sqrt 2)).</summary>
    Gelu,

    /// <summary>y = x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))).</summary>
    GeluTanh,

    /// <summary>y = x times x/6 + 1/2 limited to 0..1.</summary>
    HardSwish,

    /// <summary>y = erf x.</summary>
    Erf,

    /// <summary>y = arctan x.</summary>
    Atan,
}

/// <summary>An activation function with its parameters.</summary>
/// <param name="Kind">The function.</param>
/// <param name="Alpha">First parameter in Q7.24; 0 where the function has none.</param>
/// <param name="Beta">Second parameter in Q7.24; 0 where the function has none.</param>
public readonly record struct ActivationFunction(ActivationKind Kind, int Alpha = 0, int Beta = 0)
{
    /// <summary>True when the function is constant from |x| = 16 on, so that its argument is limited to +-16.</summary>
    public bool IsCurve => Kind is ActivationKind.Sigmoid or ActivationKind.Tanh or ActivationKind.Erf;
}
