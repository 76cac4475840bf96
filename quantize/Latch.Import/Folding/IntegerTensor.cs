using Latch.Import.Graph;

namespace Latch.Import.Folding;

/// <summary>A constant of integers or truth values (0 and 1). It exists during import only: shapes, axes, indices.</summary>
internal sealed record IntegerTensor(int[] Shape, long[] Data, bool IsBoolean = false)
{
    public override string ToString() => $"{(IsBoolean ? "bool" : "int")}{TensorShape.Text(Shape)}";
}

/// <summary>A value during import: computed, or a constant of floats or integers.</summary>
internal sealed record GraphValue(string Name, int[] Shape, FloatTensor? Float = null, IntegerTensor? Integer = null)
{
    public bool IsConstant => Float is not null || Integer is not null;
}
