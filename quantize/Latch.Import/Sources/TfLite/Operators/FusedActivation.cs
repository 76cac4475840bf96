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
            call.Write(operatorName, inputs, attributes);
        else
            Apply(call, call.Byte(field), call.Inner(operatorName, inputs, attributes));
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

    private static void Apply(TfLiteCall call, byte activation, string value)
    {
        switch (activation)
        {
            case Relu:
                call.Write("Relu", [value]);
                break;
            case ReluN1To1:
                Clip(call, value, -1, 1);
                break;
            case Relu6:
                Clip(call, value, 0, 6);
                break;
            default:
                throw Unknown(call, activation);
        }
    }

    /// <summary>Writes the output as a value within bounds.</summary>
    public static void Clip(TfLiteCall call, string value, float least, float most) =>
        call.Write("Clip", [value, call.Constant("least", [], [least]), call.Constant("most", [], [most])]);

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
