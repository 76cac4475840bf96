namespace Latch.Import.Graph;

/// <summary>A node that only moves elements of one value; it computes nothing.</summary>
/// <param name="Name">Unique in the model.</param>
/// <param name="Input">The value read.</param>
/// <param name="Output">The value written.</param>
public abstract record MovementNode(string Name, string Input, string Output) : GraphNode(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [Input];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Outputs => [Output];
}

/// <summary>The same elements in the same order under another shape (Reshape, Squeeze, Unsqueeze, Flatten).</summary>
/// <param name="Name">Unique in the model.</param>
/// <param name="Input">The value read.</param>
/// <param name="Output">The value written; its shape is the model's.</param>
public sealed record ReshapeNode(string Name, string Input, string Output) : MovementNode(Name, Input, Output);

/// <summary>Axis k of the output is axis Permutation[k] of the input.</summary>
/// <param name="Name">Unique in the model.</param>
/// <param name="Input">The value read.</param>
/// <param name="Output">The value written.</param>
/// <param name="Permutation">One source axis per output axis.</param>
public sealed record TransposeNode(string Name, string Input, string Output, int[] Permutation)
    : MovementNode(Name, Input, Output);

/// <summary>
/// A part of the input: along axis k, element i of the output is element Starts[k] + i * Strides[k] of the input.
/// The output's shape says how many.
/// </summary>
/// <param name="Name">Unique in the model.</param>
/// <param name="Input">The value read.</param>
/// <param name="Output">The value written, of the same rank.</param>
/// <param name="Starts">The first element taken, one per axis.</param>
/// <param name="Strides">The distance between elements taken, one per axis; negative goes backwards.</param>
public sealed record SliceNode(string Name, string Input, string Output, int[] Starts, int[] Strides)
    : MovementNode(Name, Input, Output);

/// <summary>Output[.., i.., ..] = Input[.., Indices[i..], ..]: the shape of the indices takes the place of one axis.</summary>
/// <param name="Name">Unique in the model.</param>
/// <param name="Input">The value read.</param>
/// <param name="Output">The value written.</param>
/// <param name="Axis">The axis indexed, not negative.</param>
/// <param name="Indices">Positions along the axis in row-major order, not negative.</param>
public sealed record GatherNode(string Name, string Input, string Output, int Axis, int[] Indices)
    : MovementNode(Name, Input, Output);

/// <summary>The input broadcast to the output's shape as numpy does.</summary>
/// <param name="Name">Unique in the model.</param>
/// <param name="Input">The value read.</param>
/// <param name="Output">The value written.</param>
public sealed record ExpandNode(string Name, string Input, string Output) : MovementNode(Name, Input, Output);

/// <summary>The input repeated as a whole along each axis; the shapes say how often.</summary>
/// <param name="Name">Unique in the model.</param>
/// <param name="Input">The value read.</param>
/// <param name="Output">The value written, of the same rank.</param>
public sealed record TileNode(string Name, string Input, string Output) : MovementNode(Name, Input, Output);

/// <summary>
/// Element i of the output is element Source[i] of the input, both row-major; -1 takes <see cref="Fill"/>. Padding of every mode and gathers with constant
/// indices along several axes land here.
/// </summary>
/// <param name="Name">Unique in the model.</param>
/// <param name="Input">The value read.</param>
/// <param name="Output">The value written.</param>
/// <param name="Source">One position in the input, or -1, per element of the output.</param>
/// <param name="Fill">The number in the places of no source.</param>
public sealed record PickNode(string Name, string Input, string Output, int[] Source, float Fill = 0) : MovementNode(Name, Input, Output);

/// <summary>The data, with elements replaced: Output[Positions[i]] = Updates[i], both row-major. ScatterND and ScatterElements with constant indices land here.</summary>
/// <param name="Name">Unique in the model.</param>
/// <param name="Data">The value read, of the output's shape; may be constant.</param>
/// <param name="Updates">The elements put in; may be constant.</param>
/// <param name="Output">The value written.</param>
/// <param name="Positions">One position in the output per element of the updates; the last one counts where several are the same.</param>
public sealed record ScatterNode(string Name, string Data, string Updates, string Output, int[] Positions) : GraphNode(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [Data, Updates];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Outputs => [Output];
}

/// <summary>Values joined along one axis.</summary>
/// <param name="Name">Unique in the model.</param>
/// <param name="Parts">The values read, in order; some may be constant.</param>
/// <param name="Output">The value written.</param>
/// <param name="Axis">The axis, not negative.</param>
public sealed record ConcatNode(string Name, IReadOnlyList<string> Parts, string Output, int Axis) : GraphNode(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => Parts;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Outputs => [Output];
}
