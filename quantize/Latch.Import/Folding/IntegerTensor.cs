using Latch.Import.Graph;

namespace Latch.Import.Folding;

/// <summary>A constant of integers or truth values (0 and 1). It exists during import only: shapes, axes, indices.</summary>
internal sealed record IntegerTensor(int[] Shape, long[] Data, bool IsBoolean = false)
{
    /// <summary>Whether the file stores them as unsigned numbers of 8 or 16 bits.</summary>
    public bool IsUnsigned { get; init; }

    /// <summary>The same numbers as floats, rounded to the nearest above 2^24.</summary>
    public FloatTensor ToFloats() => new(Shape, [.. Data.Select(number => (float)number)]);

    public override string ToString() => $"{(IsBoolean ? "bool" : "int")}{TensorShape.Text(Shape)}";
}
