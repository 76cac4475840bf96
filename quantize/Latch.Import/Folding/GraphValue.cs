using Latch.Import.Graph;

namespace Latch.Import.Folding;

/// <summary>
/// A value during import: computed, or a constant of floats or integers. A constant of integers that computed values meet has the same numbers as floats too.
/// </summary>
/// <param name="Name">The name in the graph; several names of the file may stand for one value.</param>
/// <param name="Shape">The length of each axis.</param>
/// <param name="Float">The elements of a constant as floats.</param>
/// <param name="Integer">The elements of a constant that holds integers or truth values.</param>
/// <param name="Computed">What a computed value holds.</param>
internal sealed record GraphValue(
    string Name, int[] Shape, FloatTensor? Float = null, IntegerTensor? Integer = null, ElementKind Computed = ElementKind.Real)
{
    public bool IsConstant => Float is not null || Integer is not null;

    /// <summary>What the elements are in the file.</summary>
    public ElementKind Kind => Integer is null ? Computed : Integer.IsBoolean ? ElementKind.Truth : ElementKind.Integer;
}
