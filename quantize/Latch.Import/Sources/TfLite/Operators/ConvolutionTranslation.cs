using Latch.Import.Graph;

namespace Latch.Import.Sources.TfLite.Operators;

/// <summary>
/// Convolutions and pools. Their images are [batch, height, width, channels]; ONNX has [batch, channels, height, width], so that a transposition stands before and
/// behind each. Convolutions along time are images of height or width 1.
/// </summary>
internal static class ConvolutionTranslation
{
    private const byte Same = 0;
    private const byte Valid = 1;

    private static readonly int[] s_channelsFirst = [0, 3, 1, 2];
    private static readonly int[] s_channelsLast = [0, 2, 3, 1];

    /// <summary>Weights [outputs, height, width, inputs per group].</summary>
    public static void Conv(TfLiteCall call)
    {
        FloatTensor weights = Permutation.Of(Image(call, 1, "filter"), s_channelsFirst);
        int channels = Channels(call, 0);
        if (weights.Shape[1] == 0 || channels % weights.Shape[1] != 0)
            throw Mismatch(call, weights.Shape);
        Convolve(call, weights, channels / weights.Shape[1], activation: 3, dilationWidth: 4);
    }

    /// <summary>Weights [1, height, width, outputs]; each group has one input.</summary>
    public static void Depthwise(TfLiteCall call)
    {
        FloatTensor weights = Permutation.Of(Image(call, 1, "filter"), 3, 0, 1, 2);
        if (weights.Shape[1] != 1)
            throw Mismatch(call, weights.Shape);
        Convolve(call, weights, Channels(call, 0), activation: 4, dilationWidth: 5);
    }

    private static void Convolve(TfLiteCall call, FloatTensor weights, int groups, int activation, int dilationWidth)
    {
        (string Name, object Value)[] attributes =
        [
            ("group", groups),
            ("strides", new[] { call.Int(2), call.Int(1) }),
            ("dilations", new[] { call.Int(dilationWidth + 1, 1), call.Int(dilationWidth, 1) }),
            .. Padding(call, weights.Shape[2..], [call.Int(2), call.Int(1)], [call.Int(dilationWidth + 1, 1), call.Int(dilationWidth, 1)]),
        ];
        string[] bias = call.Has(2) ? [call.Input(2)] : [];
        string image = call.Inner("Conv", [Turned(call, 0), call.Constant("filter", weights.Shape, weights.Data), .. bias], attributes);
        Give(call, activation, image);
    }

    /// <summary>Inputs: the output's shape, weights [outputs, height, width, inputs], the image, the bias.</summary>
    public static void Transposed(TfLiteCall call)
    {
        int[] output = call.Integers(0, "output_shape");
        FloatTensor weights = Permutation.Of(Image(call, 1, "filter"), 3, 0, 1, 2);
        if (output.Length != 4 || call.Rank(2) != 4)
            throw Mismatch(call, weights.Shape);
        int[] strides = [call.Int(2), call.Int(1)];
        int[] pads = new int[4];
        int[] more = new int[2];
        for (int axis = 0; axis < 2; axis++)
        {
            long whole = (((long)call.Shape(2)[axis + 1] - 1) * strides[axis]) + weights.Shape[axis + 2];
            int total = (int)Math.Clamp(whole - output[axis + 1], 0, int.MaxValue);
            (pads[axis], pads[axis + 2]) = (total / 2, total - (total / 2));
            more[axis] = (int)Math.Clamp(output[axis + 1] - whole, 0, int.MaxValue);
        }
        string[] bias = call.Has(3) ? [call.Input(3)] : [];
        string image = call.Inner(
            "ConvTranspose", [Turned(call, 2), call.Constant("filter", weights.Shape, weights.Data), .. bias], ("strides", strides), ("pads", pads), ("output_padding", more));
        Give(call, activation: 3, image);
    }

    /// <summary>Padding does not count in the average.</summary>
    public static void AveragePool(TfLiteCall call) => Pool(call, "AveragePool");

    public static void MaxPool(TfLiteCall call) => Pool(call, "MaxPool");

    private static void Pool(TfLiteCall call, string operatorName)
    {
        int[] kernel = [call.Int(4), call.Int(3)];
        string image = call.Inner(
            operatorName, [Turned(call, 0)], ("kernel_shape", kernel), ("strides", new[] { call.Int(2), call.Int(1) }), ("auto_pad", IsSame(call) ? "SAME_UPPER" : "VALID"));
        Give(call, activation: 5, image);
    }

    public static void DepthToSpace(TfLiteCall call) => Blocks(call, "DepthToSpace");

    public static void SpaceToDepth(TfLiteCall call) => Blocks(call, "SpaceToDepth");

    private static void Blocks(TfLiteCall call, string operatorName) =>
        call.Write("Transpose", [call.Inner(operatorName, [Turned(call, 0)], ("blocksize", call.Int(0)))], ("perm", s_channelsLast));

    /// <summary>
    /// SAME makes the output as long as the input over the stride, with the odd element of padding behind; ONNX says so itself, but not of dilated windows.
    /// </summary>
    private static (string Name, object Value)[] Padding(TfLiteCall call, int[] kernel, int[] strides, int[] dilations)
    {
        if (!IsSame(call))
            return [];
        if (dilations.All(dilation => dilation == 1))
            return [("auto_pad", "SAME_UPPER")];
        if (strides.Any(stride => stride != 1))
            throw call.Fail(ImportErrorCode.UnsupportedForm, "SAME with both a stride and a dilation above 1 is not supported; pad before, and use VALID", "padding");
        long[] totals = [.. kernel.Zip(dilations, (length, dilation) => (length - 1L) * dilation)];
        if (totals.Any(total => total is < 0 or > int.MaxValue))
            throw call.Fail(ImportErrorCode.UnsupportedForm, $"[{string.Join(',', dilations)}] are no dilations", "dilation_h_factor");
        return [("pads", totals.Select(total => (int)(total / 2)).Concat(totals.Select(total => (int)(total - (total / 2)))).ToArray())];
    }

    private static bool IsSame(TfLiteCall call) => call.Byte(0) switch
    {
        Same => true,
        Valid => false,
        byte other => throw call.Fail(ImportErrorCode.UnsupportedForm, $"{other} is neither SAME nor VALID", "padding"),
    };

    /// <summary>The activation comes before the transposition, so that those between two layers meet and cancel.</summary>
    private static void Give(TfLiteCall call, int activation, string image) =>
        call.Write("Transpose", [FusedActivation.Inner(call, activation, image)], ("perm", s_channelsLast));

    private static string Turned(TfLiteCall call, int input)
    {
        if (call.Rank(input) != 4)
            throw call.Fail(ImportErrorCode.ShapeMismatch, $"needs four axes, has shape {TensorShape.Text(call.Shape(input))}", "input");
        return call.Inner("Transpose", [call.Input(input)], ("perm", s_channelsFirst));
    }

    private static FloatTensor Image(TfLiteCall call, int input, string role) => call.Rank(input) == 4
        ? call.Weights(input, role)
        : throw call.Fail(ImportErrorCode.ShapeMismatch, $"needs four axes, has shape {TensorShape.Text(call.Shape(input))}", role);

    private static int Channels(TfLiteCall call, int input) => call.Rank(input) == 4
        ? call.Shape(input)[3]
        : throw call.Fail(ImportErrorCode.ShapeMismatch, $"needs four axes, has shape {TensorShape.Text(call.Shape(input))}", "input");

    private static ImportException Mismatch(TfLiteCall call, int[] weights) => call.Fail(
        ImportErrorCode.ShapeMismatch, $"the weights {TensorShape.Text(weights)} (outputs, inputs, height, width) do not fit the input", "filter");
}
