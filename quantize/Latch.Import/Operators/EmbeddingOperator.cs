using Latch.Import.Folding;
using Latch.Import.Graph;

namespace Latch.Import.Operators;

/// <summary>Gather with computed indices: rows of a constant table.</summary>
internal static class EmbeddingOperator
{
    public static void Lower(OperatorCall call, GraphValue data, GraphValue indices)
    {
        if (!ElementKinds.IsInteger(indices.Kind))
            throw call.Fail(ImportErrorCode.UnsupportedForm, $"'{indices.Name}' holds floats", "indices");
        if (!data.IsConstant)
            throw call.Fail(ImportErrorCode.UnsupportedForm, $"'{indices.Name}' and the data are both computed; only constant data can be chosen from", "indices");
        int axis = call.Axis(call.Attribute("axis", 0L), data.Shape.Length);
        if (axis != 0)
            throw call.Fail(ImportErrorCode.UnsupportedForm, $"computed indices are supported on axis 0 only, not on {axis}", "axis");
        FloatTensor table = data.Integer?.ToFloats() ?? call.Weights(0, "data");
        call.Emit(new EmbeddingNode(call.Name, indices.Name, call.Output, table), [.. indices.Shape, .. data.Shape[1..]]);
    }
}
