using Latch.Import.Folding;
using Latch.Import.Graph;

namespace Latch.Import.Operators;

/// <summary>Data in which elements are replaced, at constant indices.</summary>
internal static class ScatterOperators
{
    /// <summary>Output[i, Indices[i,j,k], k] = Updates[i,j,k] for axis 1. Up to operator set 10 its name is Scatter.</summary>
    public static void ScatterElements(OperatorCall call)
    {
        RequireReplacing(call);
        GraphValue data = call.Required(0);
        IntegerTensor indices = call.Integers(1, "indices");
        int axis = call.Axis(call.Attribute("axis", 0L), data.Shape.Length);
        int[] positions = GatherOperators.Elements(call, data.Shape, indices, axis);
        Emit(call, data, indices.Shape, positions);
    }

    /// <summary>The last axis of the indices points at parts of the data, which the updates replace.</summary>
    public static void ScatterND(OperatorCall call)
    {
        RequireReplacing(call);
        GraphValue data = call.Required(0);
        IntegerTensor indices = call.Integers(1, "indices");
        int[] starts = GatherOperators.Starts(call, data.Shape, indices, batch: 0);
        int[] rest = data.Shape[indices.Shape[^1]..];
        int size = TensorShape.Count(rest);
        Emit(call, data, [.. indices.Shape[..^1], .. rest], [.. starts.SelectMany(start => Enumerable.Range(start, size))]);
    }

    private static void Emit(OperatorCall call, GraphValue data, int[] expected, int[] positions)
    {
        GraphValue updates = call.Required(2);
        if (!updates.Shape.AsSpan().SequenceEqual(expected))
        {
            throw call.Fail(
                ImportErrorCode.ShapeMismatch, $"needs shape {TensorShape.Text(expected)}, has {TensorShape.Text(updates.Shape)}", "updates");
        }
        call.Emit(new ScatterNode(call.Name, data.Name, updates.Name, call.Output, positions), data.Shape);
    }

    private static void RequireReplacing(OperatorCall call)
    {
        string reduction = call.Opset >= 16 ? call.Attribute("reduction", "none") : "none";
        if (reduction != "none")
            throw call.Fail(ImportErrorCode.UnsupportedForm, $"'{reduction}' is not supported, only none is", "reduction");
    }
}
