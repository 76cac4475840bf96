namespace Latch.Import.Graph;

/// <summary>exp(x) divided by its sum along one axis; the natural logarithm of that on request.</summary>
/// <param name="Name">Unique in the model.</param>
/// <param name="Input">The value read.</param>
/// <param name="Output">The value written, of the same shape.</param>
/// <param name="Axis">The axis, not negative.</param>
/// <param name="IsLog">Whether the logarithm is taken (LogSoftmax).</param>
public sealed record SoftmaxNode(string Name, string Input, string Output, int Axis, bool IsLog = false) : GraphNode(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [Input];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Outputs => [Output];
}

/// <summary>What a reduction makes of the elements x along its axes.</summary>
public enum ReduceOperation
{
    /// <summary>sum of x</summary>
    Sum,

    /// <summary>sum of x over their number</summary>
    Mean,

    /// <summary>largest x</summary>
    Max,

    /// <summary>smallest x</summary>
    Min,

    /// <summary>product of x</summary>
    Prod,

    /// <summary>sum of |x|</summary>
    L1,

    /// <summary>square root of the sum of x squared</summary>
    L2,

    /// <summary>sum of x squared</summary>
    SumSquare,

    /// <summary>natural logarithm of the sum of x</summary>
    LogSum,

    /// <summary>natural logarithm of the sum of exp(x)</summary>
    LogSumExp,
}

/// <summary>A reduction over some axes.</summary>
/// <param name="Name">Unique in the model.</param>
/// <param name="Operation">What is made of the elements.</param>
/// <param name="Input">The value read.</param>
/// <param name="Output">The value written: the axes have length 1, or are dropped.</param>
/// <param name="Axes">The axes, ascending, not negative.</param>
/// <param name="KeepAxes">Whether the axes stay with length 1.</param>
public sealed record ReduceNode(
    string Name, ReduceOperation Operation, string Input, string Output, int[] Axes, bool KeepAxes) : GraphNode(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [Input];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Outputs => [Output];
}

/// <summary>
/// Layer normalization: (x - mean) / sqrt(variance + Epsilon) * Scale + Bias, with mean and (population) variance over all
/// axes from <see cref="Axis"/> on.
/// </summary>
/// <param name="Name">Unique in the model.</param>
/// <param name="Input">The value read.</param>
/// <param name="Output">The value written, of the same shape.</param>
/// <param name="Axis">The first normalized axis, not negative.</param>
/// <param name="Scale">One factor per normalized element.</param>
/// <param name="Bias">One summand per normalized element, or null for none.</param>
/// <param name="Epsilon">What is added to the variance.</param>
public sealed record LayerNormNode(
    string Name, string Input, string Output, int Axis, FloatTensor Scale, FloatTensor? Bias, float Epsilon) : GraphNode(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [Input];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Outputs => [Output];
}
