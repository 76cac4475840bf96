using Latch.Import.Folding;
using Latch.Import.Graph;

namespace Latch.Import.Operators;

/// <summary>MaxPool and AveragePool over one or two spatial axes; pooling over everything is a reduction.</summary>
internal static class PoolOperators
{
    /// <summary>The order of storage concerns the second output, the positions, which is not supported.</summary>
    public static void MaxPool(OperatorCall call)
    {
        call.Ignore("storage_order");
        Pool(call, PoolOperation.Max);
    }

    public static void AveragePool(OperatorCall call) =>
        Pool(call, call.Attribute("count_include_pad", 0L) != 0 ? PoolOperation.AverageWithPadding : PoolOperation.Average);

    public static void GlobalMaxPool(OperatorCall call) => Global(call, ReduceOperation.Max);

    public static void GlobalAveragePool(OperatorCall call) => Global(call, ReduceOperation.Mean);

    private static void Pool(OperatorCall call, PoolOperation operation)
    {
        GraphValue input = call.Floats(0);
        WindowAttributes attributes = new(call, input.Shape, weights: null);
        (WindowGeometry window, int[] output) = attributes.Sliding(call.Opset >= 10 && call.Attribute("ceil_mode", 0L) != 0);
        if (attributes.IsSame && window.Dilations.Any(dilation => dilation > 1))
            throw call.Fail(ImportErrorCode.UnsupportedForm, "the same length with dilations above 1 is not supported; give pads", "auto_pad");
        RefuseEmptyWindows(call, input.Shape, attributes.Kernel, window, output);
        operation = Counted(call, operation, attributes);
        call.Emit(new PoolNode(call.Name, operation, input.Name, call.Output, attributes.Kernel, window), [.. input.Shape[..2], .. output]);
    }

    private static void Global(OperatorCall call, ReduceOperation operation)
    {
        GraphValue input = call.Floats(0);
        int rank = input.Shape.Length;
        if (rank < 3)
            throw call.Fail(ImportErrorCode.ShapeMismatch, $"needs a spatial axis, has shape {TensorShape.Text(input.Shape)}", "X");
        int[] axes = [.. Enumerable.Range(2, rank - 2)];
        call.Emit(new ReduceNode(call.Name, operation, input.Name, call.Output, axes, KeepAxes: true), [.. input.Shape[..2], .. axes.Select(_ => 1)]);
    }

    /// <summary>What lies beyond the padding does not count, not even where padding does.</summary>
    private static PoolOperation Counted(OperatorCall call, PoolOperation operation, WindowAttributes attributes)
    {
        if (operation != PoolOperation.AverageWithPadding || !attributes.Overrun)
            return operation;
        return attributes.IsPadded
            ? throw call.Fail(ImportErrorCode.UnsupportedForm, "a window reaches beyond the padding while padding counts; set count_include_pad to 0", "ceil_mode")
            : PoolOperation.Average;
    }

    /// <summary>A window without an element of the input has neither a largest one nor a mean.</summary>
    private static void RefuseEmptyWindows(OperatorCall call, int[] input, int[] kernel, WindowGeometry window, int[] output)
    {
        for (int axis = 0; axis < kernel.Length; axis++)
        {
            for (int position = 0; position < output[axis]; position++)
            {
                long first = ((long)position * window.Strides[axis]) - window.Before[axis];
                long skipped = first >= 0 ? 0 : (-first + window.Dilations[axis] - 1) / window.Dilations[axis];
                if (skipped >= kernel[axis] || first + (skipped * window.Dilations[axis]) >= input[axis + 2])
                    throw call.Fail(ImportErrorCode.UnsupportedForm, $"window {position} of spatial axis {axis} holds padding only", "pads");
            }
        }
    }
}
