namespace Latch.Import.Sources.TfLite.Operators;

/// <summary>Reductions along constant axes, and the position of the largest and smallest element along one.</summary>
internal static class ReductionTranslation
{
    public static void Mean(TfLiteCall call) => Reduce(call, "ReduceMean");

    public static void Sum(TfLiteCall call) => Reduce(call, "ReduceSum");

    public static void Max(TfLiteCall call) => Reduce(call, "ReduceMax");

    public static void Min(TfLiteCall call) => Reduce(call, "ReduceMin");

    public static void Prod(TfLiteCall call) => Reduce(call, "ReduceProd");

    public static void ArgMax(TfLiteCall call) => Position(call, "ArgMax");

    public static void ArgMin(TfLiteCall call) => Position(call, "ArgMin");

    private static void Reduce(TfLiteCall call, string operatorName)
    {
        int[] axes = call.Integers(1, "axis");
        if (axes.Length == 0)
            call.Write("Identity", [call.Input(0)]);
        else
            call.Write(operatorName, [call.Input(0), call.Constant("axes", axes)], ("keepdims", call.Bool(0) ? 1 : 0));
    }

    private static void Position(TfLiteCall call, string operatorName) =>
        call.Write(operatorName, [call.Input(0)], ("axis", call.Integer(1, "axis")), ("keepdims", 0));
}
