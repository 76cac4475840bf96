namespace Latch.Model;

/// <summary>Functions whose values span many powers of two.</summary>
public enum FunctionKind
{
    /// <summary>y = e^x.</summary>
    Exp,

    /// <summary>y = ln x; codes of at most 0 count as half a code.</summary>
    Log,

    /// <summary>y = the square root of x, 0 below 0.</summary>
    Sqrt,
}

/// <summary>A function of the codes themselves, so that neither +-128 nor 2^-13 bounds it as they do an <see cref="ActivationOperation"/>.</summary>
public sealed record FunctionOperation : Operation
{
    /// <summary>The function.</summary>
    public required FunctionKind Kind { get; init; }

    /// <summary>Input.</summary>
    public required int Input { get; init; }

    /// <summary>Output of the same size.</summary>
    public required int Output { get; init; }

    /// <summary>Exp: from the input's codes to powers of two in Q.17. Unused otherwise.</summary>
    public Rescale InputRescale { get; init; }

    /// <summary>Exp: added to the power of two, Q.17. Log: ln of the input's scale, Q.24. Unused otherwise.</summary>
    public int Offset { get; init; }

    /// <summary>To the output's codes: Exp and Log from Q.24, Sqrt from the root of a code in Q.22.</summary>
    public required Rescale OutputRescale { get; init; }
}

/// <summary>The natural logarithm of softmax along one axis.</summary>
public sealed record LogSoftmaxOperation : Operation
{
    /// <summary>Input, Outer x Axis x Inner elements.</summary>
    public required int Input { get; init; }

    /// <summary>Output of the same size.</summary>
    public required int Output { get; init; }

    /// <summary>Product of the dimensions before the axis.</summary>
    public required int Outer { get; init; }

    /// <summary>Length of the axis.</summary>
    public required int Axis { get; init; }

    /// <summary>Product of the dimensions after the axis.</summary>
    public required int Inner { get; init; }

    /// <summary>From differences of input codes to Q.13.</summary>
    public required Rescale InputRescale { get; init; }

    /// <summary>From differences of input codes to the output's codes.</summary>
    public required Rescale DifferenceRescale { get; init; }

    /// <summary>From Q.16 to the output's codes, with the shift of <see cref="DifferenceRescale"/>.</summary>
    public required Rescale LogRescale { get; init; }
}
