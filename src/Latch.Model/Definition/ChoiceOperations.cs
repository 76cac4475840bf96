namespace Latch.Model;

/// <summary>Element i of the output is element Source[i] of the input, or the fill code.</summary>
public sealed record PickOperation : Operation
{
    /// <summary>Source tensor.</summary>
    public required int Input { get; init; }

    /// <summary>Destination tensor.</summary>
    public required int Output { get; init; }

    /// <summary>Positions in the input, -1 for the fill: Int16 or Int32 [elements of the output].</summary>
    public required string Source { get; init; }

    /// <summary>Code of the output in the places of no source.</summary>
    public required int Fill { get; init; }

    /// <summary>From source codes to destination codes, or null when they are the same.</summary>
    public Rescale? Rescale { get; init; }
}

/// <summary>Rows of a table chosen by computed indices: Output[i, :] = Table[Indices[i], :].</summary>
public sealed record EmbeddingOperation : Operation
{
    /// <summary>Indices; limited to the table's rows.</summary>
    public required int Indices { get; init; }

    /// <summary>Output, one row of the table per index.</summary>
    public required int Output { get; init; }

    /// <summary>Codes of the output, and of its type: Int8 or Int16 [rows, row length].</summary>
    public required string Table { get; init; }

    /// <summary>From the indices' codes to whole numbers.</summary>
    public required Rescale IndexRescale { get; init; }
}

/// <summary>The position of the largest (or smallest) code along an axis, the first of several.</summary>
public sealed record ArgMaxOperation : Operation
{
    /// <summary>Input, Outer x Axis x Inner elements.</summary>
    public required int Input { get; init; }

    /// <summary>Output, Outer x Inner elements.</summary>
    public required int Output { get; init; }

    /// <summary>Product of the dimensions before the axis.</summary>
    public required int Outer { get; init; }

    /// <summary>Length of the axis.</summary>
    public required int Axis { get; init; }

    /// <summary>Product of the dimensions after the axis.</summary>
    public required int Inner { get; init; }

    /// <summary>Whether the smallest is looked for.</summary>
    public bool Smallest { get; init; }

    /// <summary>From a position to the output's codes.</summary>
    public required Rescale Rescale { get; init; }
}

/// <summary>One operand where a condition holds, another where not, with broadcasting by strides (0 repeats).</summary>
public sealed record WhereOperation : Operation
{
    /// <summary>The condition.</summary>
    public required int Condition { get; init; }

    /// <summary>The smallest code of the condition for which it holds.</summary>
    public required int Threshold { get; init; }

    /// <summary>Taken where it holds.</summary>
    public required int WhenTrue { get; init; }

    /// <summary>Taken where not.</summary>
    public required int WhenFalse { get; init; }

    /// <summary>Result; dense, row-major over <see cref="Dimensions"/>.</summary>
    public required int Output { get; init; }

    /// <summary>Dimensions of the result, outermost first (adjacent ones may be merged).</summary>
    public required IReadOnlyList<int> Dimensions { get; init; }

    /// <summary>Strides of the condition in elements, one per dimension.</summary>
    public required IReadOnlyList<int> ConditionStrides { get; init; }

    /// <summary>Strides of <see cref="WhenTrue"/>.</summary>
    public required IReadOnlyList<int> TrueStrides { get; init; }

    /// <summary>Strides of <see cref="WhenFalse"/>.</summary>
    public required IReadOnlyList<int> FalseStrides { get; init; }

    /// <summary>From the codes of <see cref="WhenTrue"/> to the output's.</summary>
    public required Rescale TrueRescale { get; init; }

    /// <summary>From the codes of <see cref="WhenFalse"/> to the output's.</summary>
    public required Rescale FalseRescale { get; init; }
}
