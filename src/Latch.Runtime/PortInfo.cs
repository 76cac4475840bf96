using Latch.Model;

namespace Latch.Runtime;

/// <summary>An input or output of a model: where its values lie in a sample or result.</summary>
/// <param name="Name">Name in the source model.</param>
/// <param name="Shape">Dimensions with batch 1, outermost first.</param>
/// <param name="Offset">Index of its first value.</param>
public sealed record PortInfo(string Name, IReadOnlyList<int> Shape, int Offset)
{
    /// <summary>Number of values.</summary>
    public int Count => Shape.Aggregate(1, (product, dimension) => product * dimension);
}

/// <summary>A recurrent layer of a model.</summary>
/// <param name="Name">Name from the source model.</param>
/// <param name="Kind">The cell.</param>
/// <param name="InputSize">Inputs per step.</param>
/// <param name="HiddenSize">Units.</param>
/// <param name="Reverse">True when it walks its sequence from the last step to the first.</param>
/// <param name="Gates">Its gates in storage order.</param>
public sealed record LayerInfo(string Name, CellKind Kind, int InputSize, int HiddenSize, bool Reverse, IReadOnlyList<Gate> Gates);
