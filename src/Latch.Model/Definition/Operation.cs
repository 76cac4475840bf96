using System.Text.Json.Serialization;

namespace Latch.Model;

/// <summary>
/// One operation of a plan. Operands are indices into <see cref="Plan.Tensors"/>; formulas are those of NUMERICS.md sections 5 to 7.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "op")]
[JsonDerivedType(typeof(RecurrentOperation), "recurrent")]
[JsonDerivedType(typeof(DenseOperation), "dense")]
[JsonDerivedType(typeof(ConvOperation), "conv")]
[JsonDerivedType(typeof(PoolOperation), "pool")]
[JsonDerivedType(typeof(MatMulOperation), "matmul")]
[JsonDerivedType(typeof(ElementwiseOperation), "elementwise")]
[JsonDerivedType(typeof(AffineOperation), "affine")]
[JsonDerivedType(typeof(ActivationOperation), "activation")]
[JsonDerivedType(typeof(FunctionOperation), "function")]
[JsonDerivedType(typeof(SoftmaxOperation), "softmax")]
[JsonDerivedType(typeof(LogSoftmaxOperation), "logsoftmax")]
[JsonDerivedType(typeof(ReduceOperation), "reduce")]
[JsonDerivedType(typeof(LayerNormOperation), "layernorm")]
[JsonDerivedType(typeof(CopyOperation), "copy")]
[JsonDerivedType(typeof(PickOperation), "pick")]
[JsonDerivedType(typeof(EmbeddingOperation), "embedding")]
[JsonDerivedType(typeof(ArgMaxOperation), "argmax")]
[JsonDerivedType(typeof(WhereOperation), "where")]
public abstract record Operation
{
    /// <summary>Name of the source node, for messages.</summary>
    public required string Name { get; init; }
}

/// <summary>Runs a recurrent layer over [Steps, I] and keeps its state.</summary>
public sealed record RecurrentOperation : Operation
{
    /// <summary>Index into <see cref="ModelDefinition.Layers"/>.</summary>
    public required int Layer { get; init; }

    /// <summary>Number of steps, 1 in a streaming plan; there it is larger where the layer walks along another axis than time, or a frame makes several steps.</summary>
    public required int Steps { get; init; }

    /// <summary>Whether each step of a streaming plan starts from the initial states: the layer walks along another axis than time. Left out of a file where it is false.</summary>
    public bool StartsAnew { get; init; }

    /// <summary>Input [Steps, I] (any shape with that many elements), codes as <see cref="RecurrentLayer.Input"/>.</summary>
    public required int Input { get; init; }

    /// <summary>Initial hidden state [H], or -1 for zero. In a streaming plan it is used at the first step after a reset, a computed one of a plan with states in every step.</summary>
    public int InitialHidden { get; init; } = -1;

    /// <summary>From the initial hidden tensor's codes to Q7.24.</summary>
    public Rescale InitialHiddenRescale { get; init; }

    /// <summary>Initial cell state [H], or -1 for zero.</summary>
    public int InitialCell { get; init; } = -1;

    /// <summary>From the initial cell tensor's codes to the cell's format.</summary>
    public Rescale InitialCellRescale { get; init; }

    /// <summary>All hidden states [Steps, H] in input time order, or -1.</summary>
    public int Output { get; init; } = -1;

    /// <summary>From the wide hidden state to the codes of <see cref="Output"/>.</summary>
    public Rescale OutputRescale { get; init; }

    /// <summary>The last hidden state [H] (the first in time for a reverse layer), or -1.</summary>
    public int FinalHidden { get; init; } = -1;

    /// <summary>From the wide hidden state to the codes of <see cref="FinalHidden"/>.</summary>
    public Rescale FinalHiddenRescale { get; init; }

    /// <summary>The last cell state [H], or -1.</summary>
    public int FinalCell { get; init; } = -1;

    /// <summary>From the cell's format to the codes of <see cref="FinalCell"/>.</summary>
    public Rescale FinalCellRescale { get; init; }
}

/// <summary>
/// An operation whose results are rows of weights times codes: y = f(sum over i of w[o, i] x[i] + b[o]) for O rows of I weights (NUMERICS.md section 6).
/// </summary>
public abstract record WeightedOperation : Operation
{
    /// <summary>Input.</summary>
    public required int Input { get; init; }

    /// <summary>Output.</summary>
    public required int Output { get; init; }

    /// <summary>Weights: Int8 [O, I].</summary>
    public required string Weights { get; init; }

    /// <summary>Bias: Int32 [O], in codes of the output with 7 fraction bits; Q11.20 with a fused activation.</summary>
    public required string Bias { get; init; }

    /// <summary>Multiplier per output: Int32 [O].</summary>
    public required string Multipliers { get; init; }

    /// <summary>Shift of the multipliers, 7 to 62.</summary>
    public required int Shift { get; init; }

    /// <summary>Smallest code written; the zero point makes a relu. Without a fused activation only.</summary>
    public int MinCode { get; init; } = short.MinValue;

    /// <summary>Fused activation over Q.13, or null for none.</summary>
    public ActivationFunction? Activation { get; init; }

    /// <summary>With a fused activation: limit of the pre-activation, Q.13.</summary>
    public int PreActivationLimit { get; init; }

    /// <summary>With a fused activation: from Q7.24 to the output's codes.</summary>
    public Rescale OutputRescale { get; init; }
}

/// <summary>Y[rows, O] = f(X[rows, I] W^T + b).</summary>
public sealed record DenseOperation : WeightedOperation
{
    /// <summary>Number of rows of X.</summary>
    public required int Rows { get; init; }
}

/// <summary>Y[b, m, n] = sum over k of A[b, m, k] B[b, k, n], both computed values, row-major and contiguous.</summary>
public sealed record MatMulOperation : Operation
{
    /// <summary>Left side, Batch x M x K (or M x K when <see cref="LeftBroadcast"/>).</summary>
    public required int Left { get; init; }

    /// <summary>Right side, Batch x K x N (or K x N when <see cref="RightBroadcast"/>).</summary>
    public required int Right { get; init; }

    /// <summary>Result, Batch x M x N.</summary>
    public required int Output { get; init; }

    /// <summary>Number of matrices.</summary>
    public required int Batch { get; init; }

    /// <summary>Rows of the left side.</summary>
    public required int M { get; init; }

    /// <summary>Columns of the left, rows of the right side.</summary>
    public required int K { get; init; }

    /// <summary>Columns of the right side.</summary>
    public required int N { get; init; }

    /// <summary>One left matrix serves the whole batch.</summary>
    public bool LeftBroadcast { get; init; }

    /// <summary>One right matrix serves the whole batch.</summary>
    public bool RightBroadcast { get; init; }

    /// <summary>From the product of codes to the output's codes.</summary>
    public required Rescale Rescale { get; init; }
}

/// <summary>Two-operand elementwise operators.</summary>
public enum ElementwiseKind
{
    /// <summary>a + b.</summary>
    Add,

    /// <summary>a - b.</summary>
    Sub,

    /// <summary>a x b.</summary>
    Mul,

    /// <summary>a / b.</summary>
    Div,

    /// <summary>The larger.</summary>
    Max,

    /// <summary>The smaller.</summary>
    Min,

    /// <summary>a for a >= 0, a x b below (PRelu; b is the slope).</summary>
    PRelu,

    /// <summary>1 where a = b, else 0; the result's scale is 1.</summary>
    Equal,

    /// <summary>1 where a is below b, else 0; the result's scale is 1.</summary>
    Less,

    /// <summary>1 where a is below or equal to b, else 0; the result's scale is 1.</summary>
    LessOrEqual,
}

/// <summary>Elementwise operation with broadcasting by strides (0 repeats).</summary>
public sealed record ElementwiseOperation : Operation
{
    /// <summary>The operator.</summary>
    public required ElementwiseKind Kind { get; init; }

    /// <summary>Left operand.</summary>
    public required int Left { get; init; }

    /// <summary>Right operand.</summary>
    public required int Right { get; init; }

    /// <summary>Result; dense, row-major over <see cref="Dimensions"/>.</summary>
    public required int Output { get; init; }

    /// <summary>Dimensions of the result, outermost first (adjacent ones may be merged).</summary>
    public required IReadOnlyList<int> Dimensions { get; init; }

    /// <summary>Strides of the left operand in elements, one per dimension.</summary>
    public required IReadOnlyList<int> LeftStrides { get; init; }

    /// <summary>Strides of the right operand in elements, one per dimension.</summary>
    public required IReadOnlyList<int> RightStrides { get; init; }

    /// <summary>Add, Sub, Max, Min, PRelu: from the left codes to the output's. Mul: from the product of codes. Div: s_a / (s_b s_y). Comparisons: to codes of equal worth.</summary>
    public required Rescale LeftRescale { get; init; }

    /// <summary>Add, Sub, Max, Min: from the right codes to the output's, with the shift of <see cref="LeftRescale"/> for Add and Sub. PRelu: from the product of codes. Comparisons: to codes of equal worth, with the same shift.</summary>
    public Rescale RightRescale { get; init; }
}

/// <summary>y = x g[c] + b[c] per channel (folded batch normalisation).</summary>
public sealed record AffineOperation : Operation
{
    /// <summary>Input, Outer x Channels x Inner elements.</summary>
    public required int Input { get; init; }

    /// <summary>Output of the same size.</summary>
    public required int Output { get; init; }

    /// <summary>Product of the dimensions before the channel axis.</summary>
    public required int Outer { get; init; }

    /// <summary>Product of the dimensions after the channel axis.</summary>
    public required int Inner { get; init; }

    /// <summary>Signed multiplier per channel: Int32 [C].</summary>
    public required string Multipliers { get; init; }

    /// <summary>Bias per channel, output codes with 7 fraction bits: Int32 [C].</summary>
    public required string Bias { get; init; }

    /// <summary>Shift of the multipliers, 7 to 62.</summary>
    public required int Shift { get; init; }
}

/// <summary>One-operand activation.</summary>
public sealed record ActivationOperation : Operation
{
    /// <summary>Input.</summary>
    public required int Input { get; init; }

    /// <summary>Output of the same size.</summary>
    public required int Output { get; init; }

    /// <summary>The function.</summary>
    public required ActivationFunction Function { get; init; }

    /// <summary>From the input's codes to Q.13.</summary>
    public required Rescale InputRescale { get; init; }

    /// <summary>Limit of the argument, Q.13 (at most 2^17 for curves, 2^20 otherwise).</summary>
    public required int Limit { get; init; }

    /// <summary>From Q7.24 to the output's codes.</summary>
    public required Rescale OutputRescale { get; init; }
}

/// <summary>Softmax along one axis.</summary>
public sealed record SoftmaxOperation : Operation
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

    /// <summary>From Q7.24 to the output's codes.</summary>
    public required Rescale OutputRescale { get; init; }
}

/// <summary>Reductions.</summary>
public enum ReduceKind
{
    /// <summary>Sum (the mean has 1/n in its rescale).</summary>
    Sum,

    /// <summary>Largest.</summary>
    Max,

    /// <summary>Smallest.</summary>
    Min,

    /// <summary>Sum of squares.</summary>
    SumSquare,

    /// <summary>Sum of magnitudes.</summary>
    L1,

    /// <summary>Square root of the sum of squares.</summary>
    L2,
}

/// <summary>Reduction over the middle of Outer x Axis x Inner (several axes are made adjacent by a copy before).</summary>
public sealed record ReduceOperation : Operation
{
    /// <summary>The reduction.</summary>
    public required ReduceKind Kind { get; init; }

    /// <summary>Input, Outer x Axis x Inner elements.</summary>
    public required int Input { get; init; }

    /// <summary>Output, Outer x Inner elements.</summary>
    public required int Output { get; init; }

    /// <summary>Product of the dimensions before the axis.</summary>
    public required int Outer { get; init; }

    /// <summary>Number of elements reduced to one.</summary>
    public required int Axis { get; init; }

    /// <summary>Product of the dimensions after the axis.</summary>
    public required int Inner { get; init; }

    /// <summary>From the reduced sum of (code - zero point), for L2 in Q.8, to the output's codes.</summary>
    public required Rescale Rescale { get; init; }
}

/// <summary>Layer normalisation over the last axis (NUMERICS.md section 7).</summary>
public sealed record LayerNormOperation : Operation
{
    /// <summary>Input, Outer x Axis elements.</summary>
    public required int Input { get; init; }

    /// <summary>Output of the same size.</summary>
    public required int Output { get; init; }

    /// <summary>Number of rows normalised.</summary>
    public required int Outer { get; init; }

    /// <summary>Length of a row.</summary>
    public required int Axis { get; init; }

    /// <summary>eps / s_x^2 rounded, at least 1.</summary>
    public required long Epsilon { get; init; }

    /// <summary>Gain per channel, signed: Int32 [Axis].</summary>
    public required string Multipliers { get; init; }

    /// <summary>Bias per channel, output codes with 7 fraction bits: Int32 [Axis].</summary>
    public required string Bias { get; init; }

    /// <summary>Shift of the gain applied to the normalised value in Q.22, 7 to 62.</summary>
    public required int Shift { get; init; }
}

/// <summary>Moves a block of elements between strided places, rescaling codes where the two tensors differ.</summary>
public sealed record CopyOperation : Operation
{
    /// <summary>Source tensor.</summary>
    public required int Input { get; init; }

    /// <summary>Destination tensor.</summary>
    public required int Output { get; init; }

    /// <summary>Dimensions of the block, outermost first.</summary>
    public required IReadOnlyList<int> Dimensions { get; init; }

    /// <summary>First source element.</summary>
    public int InputStart { get; init; }

    /// <summary>Source strides in elements (0 repeats, negative walks back).</summary>
    public required IReadOnlyList<int> InputStrides { get; init; }

    /// <summary>First destination element.</summary>
    public int OutputStart { get; init; }

    /// <summary>Destination strides in elements.</summary>
    public required IReadOnlyList<int> OutputStrides { get; init; }

    /// <summary>From source codes to destination codes, or null when they are the same.</summary>
    public Rescale? Rescale { get; init; }
}
