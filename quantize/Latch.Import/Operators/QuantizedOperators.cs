using Latch.Import.Folding;
using Latch.Import.Graph;

namespace Latch.Import.Operators;

/// <summary>
/// A file that is quantized already is taken as the float model it stands for: weights are dequantized, and what is quantized while it runs stays as it was.
/// Only where the codes begin at zero does quantizing do something: it cuts off what is negative, which exporters leave a Relu out for.
/// </summary>
internal static class QuantizedOperators
{
    private static readonly ActivationKind[] s_notNegative = [ActivationKind.Relu, ActivationKind.Sigmoid, ActivationKind.HardSigmoid, ActivationKind.Exp, ActivationKind.Abs, ActivationKind.Sqrt];

    public static void QuantizeLinear(OperatorCall call)
    {
        call.Ignore("axis");
        call.Ignore("saturate");
        call.Ignore("output_dtype");
        GraphValue input = call.Floats(0);
        FloatTensor scale = call.Weights(1, "y_scale");
        Quantized(call, input, call.Output, scale, call.OptionalIntegers(2, "y_zero_point"));
    }

    public static void DequantizeLinear(OperatorCall call)
    {
        GraphValue input = call.Required(0);
        FloatTensor scale = call.Weights(1, "x_scale");
        IntegerTensor? zero = call.OptionalIntegers(2, "x_zero_point");
        if (call.Attribute("block_size", 0L) != 0)
            throw call.Fail(ImportErrorCode.UnsupportedForm, "scales of blocks are not supported", "block_size");
        call.Ignore("output_dtype");
        long axis = call.Attribute("axis", 1L);
        if (input.Integer is { } codes)
            call.Constant(call.Output, Dequantized(call, codes, scale, zero, scale.Count == 1 ? 0 : call.Axis(axis, codes.Shape.Length)));
        else
            Dequantize(call, input, scale, zero);
    }

    /// <summary>What is quantized with a scale found at run time goes on as it is; the scale that the file computes with is 1.</summary>
    public static void DynamicQuantizeLinear(OperatorCall call)
    {
        GraphValue input = call.Floats(0);
        call.Alias(call.Output, input);
        Constant(call, 1, new FloatTensor([], [1]));
        if (call.OptionalOutput(2) is { } zero)
            call.Constant(zero, new IntegerTensor([], [0]));
    }

    public static void MatMulInteger(OperatorCall call)
    {
        IntegerTensor? zero = call.OptionalIntegers(3, "b_zero_point");
        call.Ignore(input: 2);
        string left = Codes(call, 0);
        FloatTensor right = Dequantized(call, call.Integers(1, "B"), One, zero, Last(call.Integers(1, "B")));
        call.Substitute("MatMul", "product", [left, call.Inner("B", right)], call.Output);
    }

    public static void ConvInteger(OperatorCall call)
    {
        IntegerTensor? zero = call.OptionalIntegers(3, "w_zero_point");
        call.Ignore(input: 2);
        string input = Codes(call, 0);
        FloatTensor weights = Dequantized(call, call.Integers(1, "w"), One, zero, 0);
        call.Substitute("Conv", "conv", [input, call.Inner("w", weights)], call.Output, call.AllAttributes());
    }

    public static void QLinearMatMul(OperatorCall call)
    {
        FloatTensor scale = call.Weights(4, "b_scale");
        FloatTensor right = Dequantized(call, call.Integers(3, "b"), scale, call.OptionalIntegers(5, "b_zero_point"), Last(call.Integers(3, "b")));
        Ignore(call, 1, 2);
        string real = call.Substitute("MatMul", "product", [call.Required(0).Name, call.Inner("b", right)], call.Inner("real"));
        Quantized(call, call.Builder.Find(real)!, call.Output, call.Weights(6, "y_scale"), call.OptionalIntegers(7, "y_zero_point"));
    }

    public static void QLinearConv(OperatorCall call)
    {
        FloatTensor scale = call.Weights(4, "w_scale");
        FloatTensor weights = Dequantized(call, call.Integers(3, "w"), scale, call.OptionalIntegers(5, "w_zero_point"), 0);
        float input = call.Weights(1, "x_scale").Data[0];
        Ignore(call, 2);
        List<string> inputs = [call.Required(0).Name, call.Inner("w", weights)];
        if (call.OptionalIntegers(8, "B") is { } bias)
            inputs.Add(call.Inner("B", new FloatTensor(bias.Shape, [.. bias.Data.Select((sum, channel) => (float)((double)sum * input * scale.Data[scale.Count == 1 ? 0 : channel]))])));
        string real = call.Substitute("Conv", "conv", [.. inputs], call.Inner("real"), call.AllAttributes());
        Quantized(call, call.Builder.Find(real)!, call.Output, call.Weights(6, "y_scale"), call.OptionalIntegers(7, "y_zero_point"));
    }

    /// <summary>ONNX Runtime's LSTM with weights of 8 bits, stored transposed, one scale per direction or per row.</summary>
    public static void DynamicQuantizeLstm(OperatorCall call)
    {
        FloatTensor input = Transposed(Weights(call, 1, 8, 9, "W"));
        FloatTensor recurrent = Transposed(Weights(call, 2, 10, 11, "R"));
        string[] inputs = [.. Enumerable.Range(0, 8).Select(index => call.Optional(index)?.Name ?? "")];
        (inputs[1], inputs[2]) = (call.Inner("W", input), call.Inner("R", recurrent));
        call.Substitute("LSTM", "layer", inputs, call.AllOutputs(), call.AllAttributes());
    }

    /// <summary>A product with a matrix of 8 bits, and a bias: A, B, the scales of both or of B, their zero points, the bias.</summary>
    public static void MatMulToFloat(OperatorCall call)
    {
        bool both = call.Operator == "MatMulIntegerToFloat";
        IntegerTensor codes = call.Integers(1, "B");
        FloatTensor scale = call.Weights(both ? 3 : 2, "b_scale");
        FloatTensor right = Dequantized(call, codes, scale, call.OptionalIntegers(both ? 5 : 3, "b_zero_point"), Last(codes));
        if (both)
            Ignore(call, 2, 4);
        GraphValue? bias = call.Optional(both ? 6 : 4);
        string product = bias is null ? call.Output : call.Inner("product");
        call.Substitute("MatMul", "product", [call.Floats(0).Name, call.Inner("B", right)], product);
        if (bias is not null)
            call.Substitute("Add", "bias", [product, bias.Name], call.Output);
    }

    private static FloatTensor One => new([], [1]);

    private static int Last(IntegerTensor tensor) => tensor.Shape.Length - 1;

    private static void Ignore(OperatorCall call, params int[] inputs)
    {
        foreach (int input in inputs)
            call.Ignore(input);
    }

    private static void Constant(OperatorCall call, int output, FloatTensor tensor)
    {
        if (call.OptionalOutput(output) is { } name)
            call.Constant(name, tensor);
    }

    /// <summary>Codes that begin at zero hold nothing that is negative.</summary>
    private static void Quantized(OperatorCall call, GraphValue input, string output, FloatTensor scale, IntegerTensor? zero)
    {
        bool fromZero = zero is null || zero.Data.All(code => code == (zero.IsUnsigned ? 0 : sbyte.MinValue));
        if (fromZero && !input.IsConstant && !IsNotNegative(call, input))
            call.Emit(new ActivationNode(call.Name, ActivationKind.Relu, input.Name, output), input.Shape);
        else
            call.Alias(output, input);
        call.Builder.Scales[output] = scale;
        call.Builder.Note("the file is quantized already: it is taken as the float model that it stands for");
    }

    private static bool IsNotNegative(OperatorCall call, GraphValue value) => call.Builder.Nodes.LastOrDefault(node => node.Outputs.Contains(value.Name)) switch
    {
        ActivationNode activation => s_notNegative.Contains(activation.Kind),
        SoftmaxNode soft => !soft.IsLog,
        _ => false,
    };

    /// <summary>Real numbers again; those of another scale than they were quantized with are scaled, and integers that the model is given.</summary>
    private static void Dequantize(OperatorCall call, GraphValue input, FloatTensor scale, IntegerTensor? zero)
    {
        float factor = scale.Data[0];
        float shift = 0;
        if (call.Builder.Scales.GetValueOrDefault(call.InputName(0)) is { } own)
            factor = own.Data.AsSpan().SequenceEqual(scale.Data) ? 1 : factor / own.Data[0];
        else if (ElementKinds.IsInteger(input.Kind))
            shift = -factor * (zero?.Data[0] ?? 0);
        else
            factor = 1;
        if (factor == 1 && shift == 0)
            call.Alias(call.Output, input);
        else if (scale.Count == 1)
            call.Emit(new ActivationNode(call.Name, ActivationKind.Affine, input.Name, call.Output, factor, shift), input.Shape);
        else
            throw call.Fail(ImportErrorCode.UnsupportedForm, "a computed value has one scale only", "x_scale");
    }

    /// <summary>What the codes stand for: quantized before with a scale, they are that many times smaller.</summary>
    private static string Codes(OperatorCall call, int index)
    {
        GraphValue value = call.Floats(index);
        if (call.Builder.Scales.GetValueOrDefault(call.InputName(index)) is not { } scale || scale.Data[0] == 1)
            return value.Name;
        ActivationNode scaled = new($"{call.Name}/codes", ActivationKind.Affine, value.Name, call.Inner("codes"), 1 / scale.Data[0]);
        return call.Emit(scaled, value.Shape).Name;
    }

    private static FloatTensor Weights(OperatorCall call, int index, int scale, int zero, string role) =>
        Dequantized(call, call.Integers(index, role), call.Weights(scale, $"{role}_scale"), call.OptionalIntegers(zero, $"{role}_zero_point"), 0, role);


    /// <summary>scale (code - zero point), with one of each, one per index of an axis, or (of [D, I, 4H]) one per direction and last index.</summary>
    private static FloatTensor Dequantized(OperatorCall call, IntegerTensor codes, FloatTensor scale, IntegerTensor? zero, int axis, string role = "scale")
    {
        Func<int, int> scaleAt = Position(call, codes.Shape, scale.Shape, scale.Count, axis, role);
        Func<int, int> zeroAt = Position(call, codes.Shape, zero?.Shape ?? [], zero?.Data.Length ?? 1, axis, "zero_point");
        float[] data = new float[codes.Data.Length];
        for (int i = 0; i < data.Length; i++)
            data[i] = (codes.Data[i] - (zero?.Data[zeroAt(i)] ?? 0)) * scale.Data[scaleAt(i)];
        return new FloatTensor(codes.Shape, data);
    }

    private static Func<int, int> Position(OperatorCall call, int[] shape, int[] own, int count, int axis, string role)
    {
        if (count == 1)
            return static _ => 0;
        int inner = TensorShape.Count(shape.AsSpan(axis + 1));
        if (count == shape[axis])
            return i => i / inner % shape[axis];
        int last = shape[^1];
        if (own.Length == 2 && own[0] == shape[0] && own[1] == last)
            return i => (i / (TensorShape.Count(shape) / shape[0]) * last) + (i % last);
        throw call.Fail(ImportErrorCode.ShapeMismatch, $"shape {TensorShape.Text(own)} does not fit codes of shape {TensorShape.Text(shape)}", role);
    }

    /// <summary>[D, I, R] as [D, R, I].</summary>
    private static FloatTensor Transposed(FloatTensor tensor)
    {
        int[] shape = [tensor.Shape[0], tensor.Shape[2], tensor.Shape[1]];
        float[] data = new float[tensor.Count];
        for (int i = 0; i < data.Length; i++)
        {
            int direction = i / (shape[1] * shape[2]), row = i / shape[2] % shape[1], column = i % shape[2];
            data[i] = tensor.Data[(((direction * shape[2]) + column) * shape[1]) + row];
        }
        return new FloatTensor(shape, data);
    }
}
