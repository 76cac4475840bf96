using Latch.Import.Folding;
using Latch.Import.Graph;

namespace Latch.Import.Operators;

/// <summary>Conv and ConvTranspose over one or two spatial axes, with constant weights.</summary>
internal static class ConvolutionOperators
{
    public static void Conv(OperatorCall call)
    {
        GraphValue input = call.Floats(0);
        FloatTensor weights = call.Weights(1, "W");
        WindowAttributes attributes = new(call, input.Shape, weights.Shape);
        int groups = Groups(call, input.Shape[1], weights.Shape[0]);
        if ((long)weights.Shape[1] * groups != input.Shape[1])
            throw Mismatch(call, input.Shape, weights.Shape, groups);
        FloatTensor? bias = Bias(call, weights.Shape[0]);
        (WindowGeometry window, int[] output) = attributes.Sliding(ceiling: false);
        call.Emit(new ConvNode(call.Name, input.Name, call.Output, weights, bias, window, groups), [input.Shape[0], weights.Shape[0], .. output]);
    }

    public static void ConvTranspose(OperatorCall call)
    {
        GraphValue input = call.Floats(0);
        FloatTensor weights = call.Weights(1, "W");
        WindowAttributes attributes = new(call, input.Shape, weights.Shape);
        int groups = Groups(call, input.Shape[1], input.Shape[1]);
        if (weights.Shape[0] != input.Shape[1])
            throw Mismatch(call, input.Shape, weights.Shape, groups);
        int channels = checked(weights.Shape[1] * groups);
        FloatTensor? bias = Bias(call, channels);
        (WindowGeometry window, int[] output) = attributes.Spreading();
        call.Emit(new ConvTransposeNode(call.Name, input.Name, call.Output, weights, bias, window, groups), [input.Shape[0], channels, .. output]);
    }

    private static int Groups(OperatorCall call, int inputs, int outputs)
    {
        long groups = call.Attribute("group", 1L);
        return groups is >= 1 and <= int.MaxValue && inputs % groups == 0 && outputs % groups == 0
            ? (int)groups
            : throw call.Fail(ImportErrorCode.ShapeMismatch, $"{groups} groups do not divide {inputs} and {outputs} channels", "group");
    }

    private static FloatTensor? Bias(OperatorCall call, int channels) => call.OptionalWeights(2, "B") is not { } bias || bias.Shape is [int length] && length == channels
        ? call.OptionalWeights(2, "B")
        : throw call.Fail(ImportErrorCode.ShapeMismatch, $"needs shape [{channels}], has {TensorShape.Text(bias.Shape)}", "B");

    private static ImportException Mismatch(OperatorCall call, int[] input, int[] weights, int groups) => call.Fail(
        ImportErrorCode.ShapeMismatch, $"shape {TensorShape.Text(weights)} does not fit an input of shape {TensorShape.Text(input)} in {groups} groups", "W");
}
