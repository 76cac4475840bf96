namespace Latch.Import.Sources.TfLite.Operators;

/// <summary>Comparisons, logic, and values chosen by them.</summary>
internal static class ChoiceTranslation
{
    public static void Less(TfLiteCall call) => Two(call, "Less");

    public static void LessEqual(TfLiteCall call) => Two(call, "LessOrEqual");

    public static void Greater(TfLiteCall call) => Two(call, "Greater");

    public static void GreaterEqual(TfLiteCall call) => Two(call, "GreaterOrEqual");

    public static void Equal(TfLiteCall call) => Two(call, "Equal");

    public static void NotEqual(TfLiteCall call) => call.Write("Not", [call.Inner("Equal", [call.Input(0), call.Input(1)])]);

    public static void And(TfLiteCall call) => Two(call, "And");

    public static void Or(TfLiteCall call) => Two(call, "Or");

    public static void Not(TfLiteCall call) => call.Write("Not", [call.Input(0)]);

    /// <summary>The older form chooses whole rows where the condition has fewer axes than the values.</summary>
    public static void Select(TfLiteCall call)
    {
        if (call.Rank(0) != call.Rank(1) || call.Rank(0) != call.Rank(2))
            throw call.Fail(ImportErrorCode.UnsupportedForm, "a condition of another rank than the values is not supported; use tf.where of TensorFlow 2", "condition");
        SelectV2(call);
    }

    public static void SelectV2(TfLiteCall call) => call.Write("Where", [call.Input(0), call.Input(1), call.Input(2)]);

    private static void Two(TfLiteCall call, string operatorName) => call.Write(operatorName, [call.Input(0), call.Input(1)]);
}
