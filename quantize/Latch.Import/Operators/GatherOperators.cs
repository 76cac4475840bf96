using Latch.Import.Folding;
using Latch.Import.Graph;

namespace Latch.Import.Operators;

/// <summary>Gathers along several axes at once, with constant indices.</summary>
internal static class GatherOperators
{
    /// <summary>Output[i,j,k] = Input[i, Indices[i,j,k], k] for axis 1.</summary>
    public static void GatherElements(OperatorCall call)
    {
        GraphValue input = call.Required(0);
        IntegerTensor indices = call.Integers(1, "indices");
        int axis = call.Axis(call.Attribute("axis", 0L), input.Shape.Length);
        int[] map = Elements(call, input.Shape, indices, axis);
        call.Emit(new PickNode(call.Name, input.Name, call.Output, map), indices.Shape);
    }

    /// <summary>The last axis of the indices holds positions on the axes after the batch axes; what lies behind them is taken as a whole.</summary>
    public static void GatherND(OperatorCall call)
    {
        GraphValue input = call.Required(0);
        IntegerTensor indices = call.Integers(1, "indices");
        long batch = call.Opset >= 12 ? call.Attribute("batch_dims", 0L) : 0;
        int rank = indices.Shape.Length;
        if (batch < 0 || batch >= rank || batch >= input.Shape.Length || !input.Shape.Take((int)batch).SequenceEqual(indices.Shape.Take((int)batch)))
            throw call.Fail(ImportErrorCode.ShapeMismatch, $"{batch} axes of {TensorShape.Text(input.Shape)} and {TensorShape.Text(indices.Shape)} are not the same", "batch_dims");
        int[] starts = Starts(call, input.Shape, indices, (int)batch);
        int[] rest = input.Shape[((int)batch + indices.Shape[^1])..];
        int size = TensorShape.Count(rest);
        int[] shape = [.. indices.Shape[..^1], .. rest];
        if (!TensorShape.IsAllowed(shape))
            throw call.Fail(ImportErrorCode.ShapeMismatch, $"a value of shape {TensorShape.Text(shape)} is too large");
        call.Emit(new PickNode(call.Name, input.Name, call.Output, [.. starts.SelectMany(start => Enumerable.Range(start, size))]), shape);
    }

    /// <summary>The part on and above a diagonal, or on and below it; the rest is 0.</summary>
    public static void Trilu(OperatorCall call)
    {
        GraphValue input = call.Required(0);
        bool upper = call.Attribute("upper", 1L) != 0;
        long diagonal = call.OptionalIntegers(1, "k") is { Data: [long k] } ? k : 0;
        if (input.Shape.Length < 2)
            throw call.Fail(ImportErrorCode.ShapeMismatch, $"needs two axes, has shape {TensorShape.Text(input.Shape)}", "input");
        int element = -1;
        int[] map = PickMap.Of(input.Shape, at =>
        {
            element++;
            long distance = (long)at[^1] - at[^2];
            return (upper ? distance >= diagonal : distance <= diagonal) ? element : -1;
        });
        call.Emit(new PickNode(call.Name, input.Name, call.Output, map), input.Shape);
    }

    /// <summary>Per element of the indices the position in the data that it and its own place point at.</summary>
    public static int[] Elements(OperatorCall call, int[] data, IntegerTensor indices, int axis)
    {
        bool fits = indices.Shape.Length == data.Length && indices.Shape.Where((length, k) => k != axis && length > data[k]).FirstOrDefault(-1) == -1;
        if (!fits)
            throw call.Fail(ImportErrorCode.ShapeMismatch, $"shape {TensorShape.Text(indices.Shape)} does not fit {TensorShape.Text(data)} on axis {axis}", "indices");
        int[] strides = TensorShape.Strides(data);
        int next = 0;
        return PickMap.Of(indices.Shape, at =>
        {
            int position = call.Position(indices.Data[next++], data[axis]) * strides[axis];
            for (int k = 0; k < at.Length; k++)
                position += k == axis ? 0 : at[k] * strides[k];
            return position;
        });
    }

    /// <summary>Per row of the indices the position in the data where the part begins that the row points at.</summary>
    public static int[] Starts(OperatorCall call, int[] data, IntegerTensor indices, int batch)
    {
        int rank = indices.Shape.Length;
        int depth = rank == 0 ? 0 : indices.Shape[^1];
        if (depth < 1 || batch + depth > data.Length)
            throw call.Fail(ImportErrorCode.ShapeMismatch, $"shape {TensorShape.Text(indices.Shape)} does not index {TensorShape.Text(data)}", "indices");
        int[] strides = TensorShape.Strides(data);
        int row = 0;
        return PickMap.Of(indices.Shape[..^1], at =>
        {
            int position = 0;
            for (int k = 0; k < batch; k++)
                position += at[k] * strides[k];
            for (int k = 0; k < depth; k++)
                position += call.Position(indices.Data[(row * depth) + k], data[batch + k]) * strides[batch + k];
            row++;
            return position;
        });
    }
}
