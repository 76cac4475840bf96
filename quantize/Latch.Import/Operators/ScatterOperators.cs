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
        GraphValue updates = Updates(call, indices.Shape);
        int[] positions = GatherOperators.Elements(call, data.Shape, indices, axis);
        call.Emit(new ScatterNode(call.Name, data.Name, updates.Name, call.Output, positions), data.Shape);
    }

    /// <summary>The last axis of the indices points at parts of the data, which the updates replace.</summary>
    public static void ScatterND(OperatorCall call)
    {
        RequireReplacing(call);
        GraphValue data = call.Required(0);
        IntegerTensor indices = call.Integers(1, "indices");
        int[] starts = GatherOperators.Starts(call, data.Shape, indices, batch: 0);
        int[] rest = data.Shape[indices.Shape[^1]..];
        GraphValue updates = Updates(call, [.. indices.Shape[..^1], .. rest]);
        int size = TensorShape.Count(rest);
        call.Emit(new ScatterNode(call.Name, data.Name, updates.Name, call.Output, [.. starts.SelectMany(start => Enumerable.Range(start, size))]), data.Shape);
    }

    // Of the shape that the indices ask for; what is made of both is then no larger than what the file holds.
    private static GraphValue Updates(OperatorCall call, int[] expected)
    {
        GraphValue updates = call.Required(2);
        if (!updates.Shape.AsSpan().SequenceEqual(expected))
        {
            throw call.Fail(
                ImportErrorCode.ShapeMismatch, $"needs shape {TensorShape.Text(expected)}, has {TensorShape.Text(updates.Shape)}", "updates");
        }
        return updates;
    }

    private static void RequireReplacing(OperatorCall call)
    {
        string reduction = call.Opset >= 16 ? call.Attribute("reduction", "none") : "none";
        if (reduction != "none")
            throw call.Fail(ImportErrorCode.UnsupportedForm, $"'{reduction}' is not supported, only none is", "reduction");
    }
}
