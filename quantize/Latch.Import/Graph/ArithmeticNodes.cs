namespace Latch.Import.Graph;

/// <summary>Output[..,O] = Input[..,I] Weights^T + Bias.</summary>
/// <param name="Name">Unique in the model.</param>
/// <param name="Input">The value read, of rank 1 or more; its last axis is I.</param>
/// <param name="Output">The value written; its last axis is O.</param>
/// <param name="Weights">[O,I], one row per output.</param>
/// <param name="Bias">[O], or null for none.</param>
public sealed record DenseNode(string Name, string Input, string Output, FloatTensor Weights, FloatTensor? Bias) : GraphNode(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [Input];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Outputs => [Output];
}

/// <summary>
/// Matrix product over the last two axes; leading axes are broadcast as numpy does. A vector on the left stands for one
/// row, a vector on the right for one column, and that axis is dropped from the output.
/// </summary>
/// <param name="Name">Unique in the model.</param>
/// <param name="Left">[..,M,K]; may be constant.</param>
/// <param name="Right">[..,K,N]; constant only when it is a stack of several matrices, or when Left is constant.</param>
/// <param name="Output">[..,M,N].</param>
public sealed record MatMulNode(string Name, string Left, string Right, string Output) : GraphNode(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [Left, Right];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Outputs => [Output];
}

/// <summary>An element-wise operation of two operands.</summary>
public enum BinaryOperation
{
    /// <summary>left + right</summary>
    Add,

    /// <summary>left - right</summary>
    Sub,

    /// <summary>left * right</summary>
    Mul,

    /// <summary>left / right</summary>
    Div,

    /// <summary>left to the power of right</summary>
    Pow,

    /// <summary>the larger one</summary>
    Max,

    /// <summary>the smaller one</summary>
    Min,
}

/// <summary>An element-wise operation of two operands with numpy broadcasting.</summary>
/// <param name="Name">Unique in the model.</param>
/// <param name="Operation">The operation.</param>
/// <param name="Left">The left operand; at most one of the two is constant.</param>
/// <param name="Right">The right operand; at most one of the two is constant.</param>
/// <param name="Output">The value written, of the broadcast shape.</param>
public sealed record BinaryNode(string Name, BinaryOperation Operation, string Left, string Right, string Output) : GraphNode(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [Left, Right];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Outputs => [Output];
}

/// <summary>Output = Input * Scale[k] + Shift[k], with k the position along one axis. Batch normalization lands here.</summary>
/// <param name="Name">Unique in the model.</param>
/// <param name="Input">The value read.</param>
/// <param name="Output">The value written, of the same shape.</param>
/// <param name="Axis">The axis of the channels, not negative.</param>
/// <param name="Scale">[K] for K channels.</param>
/// <param name="Shift">[K] for K channels.</param>
public sealed record AffineNode(string Name, string Input, string Output, int Axis, FloatTensor Scale, FloatTensor Shift)
    : GraphNode(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [Input];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Outputs => [Output];
}

/// <summary>An element-wise function.</summary>
/// <param name="Name">Unique in the model.</param>
/// <param name="Kind">The function and the meaning of its parameters.</param>
/// <param name="Input">The value read.</param>
/// <param name="Output">The value written, of the same shape.</param>
/// <param name="Alpha">First parameter; 0 when unused.</param>
/// <param name="Beta">Second parameter; 0 when unused.</param>
/// <param name="Slope">The slopes of <see cref="ActivationKind.PRelu"/>, broadcast to the input; null otherwise.</param>
public sealed record ActivationNode(
    string Name, ActivationKind Kind, string Input, string Output, float Alpha = 0, float Beta = 0, FloatTensor? Slope = null)
    : GraphNode(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [Input];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Outputs => [Output];
}
