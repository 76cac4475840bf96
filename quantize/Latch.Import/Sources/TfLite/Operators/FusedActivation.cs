namespace Latch.Import.Sources.TfLite.Operators;

/// <summary>
/// The activation that many operators apply to their own result, by the numbers of the public schema. TANH is computed in recurrent layers alone: the other operators
/// of TensorFlow Lite refuse or ignore it.
/// </summary>
internal static class FusedActivation
{
    private const byte None = 0;
    private const byte Relu = 1;
    private const byte ReluN1To1 = 2;
    private const byte Relu6 = 3;
    private const byte Tanh = 4;

    /// <summary>Writes the node that yields the output, and the activation behind it.</summary>
    /// <param name="call">The operator.</param>
    /// <param name="field">Where the options say the activation.</param>
    /// <param name="operatorName">The ONNX operator.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="attributes">Its attributes.</param>
    public static void Write(TfLiteCall call, int field, string operatorName, string[] inputs, params (string Name, object Value)[] attributes)
    {
        if (call.Byte(field) == None)
        {
            call.Write(operatorName, inputs, attributes);
            return;
        }
        (string activation, string[] values) = Node(call, call.Byte(field), call.Inner(operatorName, inputs, attributes));
        call.Write(activation, values);
    }

    /// <summary>The activation inside of a recurrent layer, as ONNX calls it. (In an LSTM without one, TensorFlow Lite's results are not defined.)</summary>
    public static string Recurrent(TfLiteCall call, byte activation, bool mayBeNone) => activation switch
    {
        None when mayBeNone => "Affine",
        Relu => "Relu",
        Tanh => "Tanh",
        _ => throw Unknown(call, activation),
    };

    /// <summary>Refuses an activation where TensorFlow Lite computes none.</summary>
    public static void Refuse(TfLiteCall call, int field)
    {
        if (call.Byte(field) != None)
            throw Unknown(call, call.Byte(field));
    }

    /// <summary>Writes the activation of a value that is not the output yet.</summary>
    /// <returns>The result's name; the value's own where there is no activation.</returns>
    public static string Inner(TfLiteCall call, int field, string value)
    {
        if (call.Byte(field) == None)
            return value;
        (string name, string[] inputs) = Node(call, call.Byte(field), value);
        return call.Inner(name, inputs);
    }

    /// <summary>A value within bounds: the inputs of Clip.</summary>
    public static string[] Bounds(TfLiteCall call, string value, float least, float most) =>
        [value, call.Constant("least", [], [least]), call.Constant("most", [], [most])];

    private static (string Operator, string[] Inputs) Node(TfLiteCall call, byte activation, string value) => activation switch
    {
        Relu => ("Relu", [value]),
        ReluN1To1 => ("Clip", Bounds(call, value, -1, 1)),
        Relu6 => ("Clip", Bounds(call, value, 0, 6)),
        _ => throw Unknown(call, activation),
    };

    private static string Name(byte activation) => activation switch
    {
        None => "NONE",
        Relu6 => "RELU6",
        ReluN1To1 => "RELU_N1_TO_1",
        Tanh => "TANH",
        _ => $"activation {activation}",
    };

    private static ImportException Unknown(TfLiteCall call, byte activation) => call.Fail(
        ImportErrorCode.UnsupportedForm, $"{Name(activation)} is not supported here; use an activation of its own", "fused_activation_function");
}
