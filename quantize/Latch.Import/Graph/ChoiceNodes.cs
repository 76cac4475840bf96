namespace Latch.Import.Graph;

/// <summary>A comparison of two computed values.</summary>
public enum Comparison
{
    /// <summary>left = right</summary>
    Equal,

    /// <summary>left below right</summary>
    Less,

    /// <summary>left below or equal to right</summary>
    LessOrEqual,
}

/// <summary>1 where a comparison holds, 0 where not, with numpy broadcasting. Greater is Less with the sides exchanged.</summary>
/// <param name="Name">Unique in the model.</param>
/// <param name="Comparison">The comparison.</param>
/// <param name="Left">The left side; at most one of the two is constant.</param>
/// <param name="Right">The right side; at most one of the two is constant.</param>
/// <param name="Output">The value written: 0 or 1, of the broadcast shape.</param>
public sealed record CompareNode(string Name, Comparison Comparison, string Left, string Right, string Output) : GraphNode(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [Left, Right];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Outputs => [Output];
}

/// <summary>
/// One value where a condition is not 0, another where it is, with numpy broadcasting. Logic on computed values lands elsewhere: And is the product, Or the
/// larger, Not 1 - x of values that are 0 or 1.
/// </summary>
/// <param name="Name">Unique in the model.</param>
/// <param name="Condition">The condition: 0 or 1.</param>
/// <param name="WhenTrue">Taken where it is 1; may be constant.</param>
/// <param name="WhenFalse">Taken where it is 0; may be constant.</param>
/// <param name="Output">The value written, of the broadcast shape.</param>
public sealed record WhereNode(string Name, string Condition, string WhenTrue, string WhenFalse, string Output) : GraphNode(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [Condition, WhenTrue, WhenFalse];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Outputs => [Output];
}

/// <summary>The position of the largest (or smallest) element along one axis, as a real number; the first of several.</summary>
/// <param name="Name">Unique in the model.</param>
/// <param name="Input">The value read.</param>
/// <param name="Output">The value written: the axis has length 1, or is dropped.</param>
/// <param name="Axis">The axis, not negative.</param>
/// <param name="KeepAxis">Whether the axis stays with length 1.</param>
/// <param name="Smallest">Whether the smallest element is looked for.</param>
public sealed record ArgMaxNode(string Name, string Input, string Output, int Axis, bool KeepAxis, bool Smallest) : GraphNode(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [Input];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Outputs => [Output];
}

/// <summary>Rows of a table chosen by computed indices: Output[i.., :] = Table[Indices[i..], :].</summary>
/// <param name="Name">Unique in the model.</param>
/// <param name="Indices">The value read: whole numbers 0 .. N - 1 (an input of integers, or one computed from it). Others are limited to that.</param>
/// <param name="Output">The value written: the shape of the indices, then that of a row.</param>
/// <param name="Table">[N,..].</param>
public sealed record EmbeddingNode(string Name, string Indices, string Output, FloatTensor Table) : GraphNode(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [Indices];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Outputs => [Output];
}
