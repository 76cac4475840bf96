using Latch.Import.Folding;
using Latch.Import.Graph;

namespace Latch.Import.Operators;

/// <summary>Operators on two or more operands with numpy broadcasting; on integer constants they are shape arithmetic.</summary>
internal static class ElementwiseOperators
{
    public static void Add(OperatorCall call) => Fold(call, BinaryOperation.Add);

    public static void Sub(OperatorCall call) => Fold(call, BinaryOperation.Sub);

    public static void Mul(OperatorCall call) => Fold(call, BinaryOperation.Mul);

    public static void Max(OperatorCall call) => Fold(call, BinaryOperation.Max);

    public static void Min(OperatorCall call) => Fold(call, BinaryOperation.Min);

    /// <summary>Integers are divided with a remainder, which is supported for constants only.</summary>
    public static void Div(OperatorCall call)
    {
        (GraphValue left, GraphValue right) = (call.Required(0), call.Required(1));
        bool integers = ElementKinds.IsInteger(left.Kind) && ElementKinds.IsInteger(right.Kind);
        if (integers && !(left.IsConstant && right.IsConstant))
            throw call.Fail(ImportErrorCode.UnsupportedForm, "a division of computed integers is not supported; cast them to float32 before");
        Fold(call, BinaryOperation.Div);
    }

    public static void Neg(OperatorCall call)
    {
        GraphValue input = call.Required(0);
        if (input.Integer is { } integers)
            call.Constant(call.Output, integers with { Data = [.. integers.Data.Select(i => -i)] });
        else
            call.Emit(new ActivationNode(call.Name, ActivationKind.Affine, input.Name, call.Output, Alpha: -1), input.Shape);
    }

    /// <summary>Computes an operator on two integer constants at once; false when one of them is computed.</summary>
    public static bool TryFoldIntegers(OperatorCall call, GraphValue left, GraphValue right)
    {
        if (left.Integer is not { } a || right.Integer is not { } b)
            return false;
        call.Constant(call.Output, IntegerArithmetic.Binary(call.Operator, a, b) ?? throw Mismatch(call, a.Shape, b.Shape));
        return true;
    }

    public static GraphValue Emit(
        OperatorCall call, string name, BinaryOperation operation, GraphValue left, GraphValue right, string output)
    {
        int[] shape = BroadcastShape(call, left, right);
        return call.Emit(new BinaryNode(name, operation, left.Name, right.Name, output), shape);
    }

    /// <summary>The shape of both operands together.</summary>
    public static int[] BroadcastShape(OperatorCall call, GraphValue left, GraphValue right) =>
        TensorShape.Broadcast(left.Shape, right.Shape) ?? throw Mismatch(call, left.Shape, right.Shape);

    /// <summary>Add, Max and Min take any number of operands: one node per pair, from the left.</summary>
    private static void Fold(OperatorCall call, BinaryOperation operation)
    {
        GraphValue[] operands = [.. Enumerable.Range(0, Math.Max(1, call.InputCount)).Select(call.Required)];
        if (operands.Select(operand => ElementKinds.IsInteger(operand.Kind)).Distinct().Count() > 1)
            throw call.Fail(ImportErrorCode.UnsupportedForm, "integers and floats are mixed; cast the integers to float32 before");
        if (operands.Length == 1)
        {
            call.Alias(call.Output, operands[0]);
            return;
        }
        if (operands.Length == 2 && TryFoldIntegers(call, operands[0], operands[1]))
            return;
        GraphValue sum = operands[0];
        for (int i = 1; i < operands.Length; i++)
        {
            bool last = i == operands.Length - 1;
            string name = i == 1 ? call.Name : $"{call.Name}/{i}";
            sum = Emit(call, name, operation, sum, operands[i], last ? call.Output : call.Inner($"{i}"));
        }
    }

    private static ImportException Mismatch(OperatorCall call, int[] left, int[] right) => call.Fail(
        ImportErrorCode.ShapeMismatch, $"shapes {TensorShape.Text(left)} and {TensorShape.Text(right)} do not fit together");
}
