using Latch.Import.Folding;
using Latch.Import.Graph;

namespace Latch.Import.Operators;

/// <summary>Comparisons, and the position of the largest or smallest element.</summary>
internal static class ChoiceOperators
{
    public static void Equal(OperatorCall call) => Compare(call, Comparison.Equal, exchanged: false);

    public static void Less(OperatorCall call) => Compare(call, Comparison.Less, exchanged: false);

    public static void LessOrEqual(OperatorCall call) => Compare(call, Comparison.LessOrEqual, exchanged: false);

    public static void Greater(OperatorCall call) => Compare(call, Comparison.Less, exchanged: true);

    public static void GreaterOrEqual(OperatorCall call) => Compare(call, Comparison.LessOrEqual, exchanged: true);

    public static void ArgMax(OperatorCall call) => Position(call, smallest: false);

    public static void ArgMin(OperatorCall call) => Position(call, smallest: true);

    /// <summary>A comparison whose result gets a name of its own.</summary>
    public static GraphValue Compare(OperatorCall call, Comparison comparison, GraphValue left, GraphValue right, string output)
    {
        int[] shape = ElementwiseOperators.BroadcastShape(call, left, right);
        string name = output == call.Output ? call.Name : $"{call.Name}/compare";
        return call.Emit(new CompareNode(name, comparison, left.Name, right.Name, output), shape);
    }

    /// <summary>x = 0, under an inner name.</summary>
    public static GraphValue EqualsZero(OperatorCall call, GraphValue x)
    {
        string zero = call.Inner("zero");
        call.Constant(zero, new FloatTensor([], [0]));
        return Compare(call, Comparison.Equal, x, new GraphValue(zero, []), call.Inner("equal"));
    }

    private static void Compare(OperatorCall call, Comparison comparison, bool exchanged)
    {
        (GraphValue left, GraphValue right) = (call.Required(0), call.Required(1));
        if (ElementwiseOperators.TryFoldIntegers(call, left, right))
            return;
        if (exchanged)
            (left, right) = (right, left);
        Compare(call, comparison, left, right, call.Output);
    }

    private static void Position(OperatorCall call, bool smallest)
    {
        GraphValue input = call.Required(0);
        int axis = call.Axis(call.Attribute("axis", 0L), input.Shape.Length);
        bool keep = call.Attribute("keepdims", 1L) != 0;
        if (call.Opset >= 12 && call.Attribute("select_last_index", 0L) != 0)
            throw call.Fail(ImportErrorCode.UnsupportedForm, "only 0 is supported: the first of several equal elements", "select_last_index");
        int[] shape = keep ? [.. input.Shape[..axis], 1, .. input.Shape[(axis + 1)..]] : [.. input.Shape[..axis], .. input.Shape[(axis + 1)..]];
        call.Emit(new ArgMaxNode(call.Name, input.Name, call.Output, axis, keep, smallest), shape);
    }
}
