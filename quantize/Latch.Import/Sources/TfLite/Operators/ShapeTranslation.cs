using DataType = Latch.Import.Onnx.TensorProto.Types.DataType;

namespace Latch.Import.Sources.TfLite.Operators;

/// <summary>Operators that change the shape or the type of a value and leave its elements.</summary>
internal static class ShapeTranslation
{
    /// <summary>The shape is an input, or an option in older files.</summary>
    public static void Reshape(TfLiteCall call)
    {
        bool isInput = call.Has(1);
        if (isInput && !call.IsConstant(1))
        {
            call.Write("Reshape", [call.Input(0), call.Input(1)]);
            return;
        }
        int[] shape = isInput ? call.Integers(1, "shape") : call.Ints(0);
        if (shape.Any(length => length is 0 or < -1))
            throw call.Fail(ImportErrorCode.ShapeMismatch, $"[{string.Join(',', shape)}] is no shape", "shape");
        call.Write("Reshape", [call.Input(0), call.Constant("shape", shape)]);
    }

    public static void Transpose(TfLiteCall call) => call.Write("Transpose", [call.Input(0)], ("perm", call.Integers(1, "perm")));

    public static void Squeeze(TfLiteCall call)
    {
        int[] axes = call.Ints(0);
        call.Write("Squeeze", axes.Length == 0 ? [call.Input(0)] : [call.Input(0), call.Constant("axes", axes)]);
    }

    public static void ExpandDims(TfLiteCall call) => call.Write("Unsqueeze", [call.Input(0), call.Constant("axes", call.Integer(1, "axis"))]);

    public static void Shape(TfLiteCall call) => call.Write("Shape", [call.Input(0)]);

    public static void Tile(TfLiteCall call) => call.Write("Tile", [call.Input(0), call.Input(1)]);

    public static void BroadcastTo(TfLiteCall call) => call.Write("Expand", [call.Input(0), call.Input(1)]);

    public static void Fill(TfLiteCall call) => call.Write("Expand", [call.Input(1), call.Input(0)]);

    public static void ZerosLike(TfLiteCall call)
    {
        string zero = call.Tensors.Type(call.Tensor(0)) == DataType.Float ? call.Constant("zero", [], [0f]) : call.Scalar("zero", 0);
        call.Write("Expand", [zero, call.Inner("Shape", [call.Input(0)])]);
    }

    public static void Cast(TfLiteCall call) => call.Write("Cast", [call.Input(0)], ("to", (int)call.Tensors.Type(call.OutputTensor())));

    /// <summary>Weights that are stored in half precision; they are read as what they are.</summary>
    public static void Dequantize(TfLiteCall call)
    {
        call.Tensors.Type(call.Tensor(0));
        if (!call.IsConstant(0))
            throw call.Fail(ImportErrorCode.UnsupportedForm, $"'{call.Tensors[call.Tensor(0)].Name}' must be a constant", "input");
        call.Tensors.Alias(call.OutputTensor(), call.Tensor(0));
    }
}
