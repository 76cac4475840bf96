namespace Latch.Import.Sources.TfLite.Operators;

/// <summary>Normalizations over the last axis.</summary>
internal static class NormalizationTranslation
{
    // What TensorFlow Lite divides by at least.
    private const float LeastLength = 1e-6f;

    /// <summary>exp(beta x) over its sum.</summary>
    public static void Softmax(TfLiteCall call)
    {
        float beta = call.Float(0, "beta");
        if (beta <= 0)
            throw call.Fail(ImportErrorCode.UnsupportedForm, $"is {beta}, which no softmax has", "beta");
        string input = call.Input(0);
        if (beta != 1)
            input = call.Inner("Mul", [input, call.Constant("beta", [], [beta])]);
        call.Write("Softmax", [input], ("axis", -1));
    }

    public static void LogSoftmax(TfLiteCall call) => call.Write("LogSoftmax", [call.Input(0)], ("axis", -1));

    public static void L2(TfLiteCall call)
    {
        FusedActivation.Refuse(call, field: 0);
        string length = call.Inner("ReduceL2", [call.Input(0), call.Constant("axes", -1)], ("keepdims", 1));
        string divisor = call.Inner("Max", [length, call.Constant("least", [], [LeastLength])]);
        call.Write("Div", [call.Input(0), divisor]);
    }
}
