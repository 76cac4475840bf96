using System.Text.Json;
using Latch.Import.Graph;

namespace Latch.Import.Sources.Safetensors;

/// <summary>
/// A convolution along the steps, whose channels are the features. PyTorch and Candle store [outputs, inputs / groups, window], Keras [window, inputs / groups,
/// outputs].
/// </summary>
internal static class ConvolutionLayer
{
    private const int Largest = 1 << 16;

    public static Flow Write(LayerCall call)
    {
        LayerTensors tensors = call.ReadTensors();
        int stride = call.Members.Integer("stride", 1, 1, Largest);
        int dilation = call.Members.Integer("dilation", 1, 1, Largest);
        int groups = call.Members.Integer("groups", 1, 1, Largest);
        JsonElement? padding = call.Members.Find("padding");
        bool hasBias = call.Members.Flag("bias", missing: true);
        ActivationChoice activation = ActivationChoice.Read(call.Members);
        call.Close();
        Flow input = call.Sequence();
        if (input.Features % groups != 0)
            throw call.Members.Fail("groups", $"{input.Features} features do not split into {groups} groups", ImportErrorCode.ShapeMismatch);
        int inputs = input.Features / groups;
        FloatTensor weights = call.IsKeras ? Matrices.Reversed(tensors.Read("kernel", -1, inputs, -1)) : tensors.Read("weight", -1, inputs, -1);
        int outputs = weights.Shape[0];
        if (outputs % groups != 0)
            throw call.Members.Fail("groups", $"{outputs} outputs do not split into {groups} groups", ImportErrorCode.ShapeMismatch);
        FloatTensor? bias = hasBias ? tensors.Read("bias", outputs) : null;
        tensors.Close();
        long[] pads = Pads(call, padding, (weights.Shape[2] - 1L) * dilation, stride);
        string channels = call.Node("Transpose", "channels", [input.Name], [("perm", new long[] { 0, 2, 1 })]);
        string[] operands = [channels, call.Floats("weight", weights.Shape, weights.Data)];
        if (bias is not null)
            operands = [.. operands, call.Floats("bias", bias.Shape, bias.Data)];
        string result = call.Node("Conv", "conv", operands,
        [
            ("kernel_shape", new long[] { weights.Shape[2] }), ("strides", new long[] { stride }), ("dilations", new long[] { dilation }), ("group", (long)groups), ("pads", pads),
        ]);
        string steps = call.Node("Transpose", "steps", [result], [("perm", new long[] { 0, 2, 1 })]);
        return new Flow(activation.Write(call, steps), FlowKind.Sequence, outputs);
    }

    /// <summary>Zeros before and after the steps: a number for both, valid (none), same (as many steps as came in), causal (all before).</summary>
    private static long[] Pads(LayerCall call, JsonElement? padding, long reach, int stride)
    {
        if (padding is not { } value)
            return [0, 0];
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int both) && both is >= 0 and <= Largest)
            return [both, both];
        switch (value.ValueKind == JsonValueKind.String ? value.GetString() : "")
        {
            case "valid":
                return [0, 0];
            case "causal":
                return [reach, 0];
            case "same" when stride == 1:
                return [reach / 2, reach - (reach / 2)];
            case "same":
                throw call.Members.Fail("padding", "'same' needs a stride of 1; give the number of steps to add on both sides");
            default:
                throw call.Members.Fail("padding", $"must be valid, same, causal or a number from 0 to {Largest}");
        }
    }
}
