namespace Latch.Import.Sources.TfLite.Operators;

/// <summary>Arithmetic element by element; shapes are broadcast in both formats alike.</summary>
internal static class ElementwiseTranslation
{
    public static void Add(TfLiteCall call) => Fused(call, "Add");

    public static void Sub(TfLiteCall call) => Fused(call, "Sub");

    public static void Mul(TfLiteCall call) => Fused(call, "Mul");

    public static void Div(TfLiteCall call) => Fused(call, "Div");

    public static void AddN(TfLiteCall call) => call.Write("Sum", [.. Enumerable.Range(0, call.InputCount).Select(call.Input)]);

    public static void Maximum(TfLiteCall call) => Two(call, "Max");

    public static void Minimum(TfLiteCall call) => Two(call, "Min");

    public static void Pow(TfLiteCall call) => Two(call, "Pow");

    public static void SquaredDifference(TfLiteCall call)
    {
        string difference = call.Inner("Sub", [call.Input(0), call.Input(1)]);
        call.Write("Mul", [difference, difference]);
    }

    public static void Square(TfLiteCall call) => call.Write("Mul", [call.Input(0), call.Input(0)]);

    public static void Sqrt(TfLiteCall call) => call.Write("Sqrt", [call.Input(0)]);

    public static void Rsqrt(TfLiteCall call) => call.Write("Reciprocal", [call.Inner("Sqrt", [call.Input(0)])]);

    public static void Exp(TfLiteCall call) => call.Write("Exp", [call.Input(0)]);

    public static void Log(TfLiteCall call) => call.Write("Log", [call.Input(0)]);

    public static void Abs(TfLiteCall call) => call.Write("Abs", [call.Input(0)]);

    public static void Neg(TfLiteCall call) => call.Write("Neg", [call.Input(0)]);

    private static void Fused(TfLiteCall call, string operatorName) =>
        FusedActivation.Write(call, field: 0, operatorName, [call.Input(0), call.Input(1)]);

    private static void Two(TfLiteCall call, string operatorName) => call.Write(operatorName, [call.Input(0), call.Input(1)]);
}
