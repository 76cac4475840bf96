namespace Latch.Import.Graph;

/// <summary>An element-wise function of x with parameters a (alpha) and b (beta).</summary>
public enum ActivationKind
{
    /// <summary>1 / (1 + exp(-x))</summary>
    Sigmoid,

    /// <summary>tanh(x)</summary>
    Tanh,

    /// <summary>max(0, x)</summary>
    Relu,

    /// <summary>x for x at least 0, else a x</summary>
    LeakyRelu,

    /// <summary>x for x at least 0, else s x, with a slope s per element (numpy broadcasting)</summary>
    PRelu,

    /// <summary>x for x above a, else 0</summary>
    ThresholdedRelu,

    /// <summary>max(0, min(1, a x + b))</summary>
    HardSigmoid,

    /// <summary>a tanh(b x)</summary>
    ScaledTanh,

    /// <summary>a x + b</summary>
    Affine,

    /// <summary>x for x at least 0, else a (exp(x) - 1)</summary>
    Elu,

    /// <summary>x / (1 + |x|)</summary>
    Softsign,

    /// <summary>ln(1 + exp(x))</summary>
    Softplus,

    /// <summary>max(a, min(b, x)); an open end is an infinity</summary>
    Clip,

    /// <summary>exp(x)</summary>
    Exp,

    /// <summary>ln(x)</summary>
    Log,

    /// <summary>the square root of x</summary>
    Sqrt,

    /// <summary>1 / x</summary>
    Reciprocal,

    /// <summary>|x|</summary>
    Abs,

    /// <summary>x times the normal distribution's share below x: x/2 (1 + erf(x / sqrt 2))</summary>
    Gelu,

    /// <summary>x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))</summary>
    GeluTanh,

    /// <summary>x max(0, min(1, x/6 + 1/2))</summary>
    HardSwish,

    /// <summary>erf(x)</summary>
    Erf,

    /// <summary>arctan(x)</summary>
    Atan,
}
