using Latch.Import.Folding;
using Latch.Import.Graph;

namespace Latch.Import.Operators;

/// <summary>Operators on two or more operands with numpy broadcasting; on integer constants they are shape arithmetic.</summary>
internal static class ElementwiseOperators
{
    public static void Add(OperatorCall call) => Fold(call, BinaryOperation.Add);

    public static void Sub(OperatorCall call) => Fold(call, BinaryOperation.Sub);

    public static void Mul(OperatorCall call) => Fold(call, BinaryOperation.Mul);

    public static void Div(OperatorCall call) => Fold(call, BinaryOperation.Div);

    public static void Max(OperatorCall call) => Fold(call, BinaryOperation.Max);

    public static void Min(OperatorCall call) => Fold(call, BinaryOperation.Min);

    /// <summary>The exponent may be an integer.</summary>
    public static void Pow(OperatorCall call)
    {
        GraphValue exponent = call.Required(1);
        if (exponent.Integer is { } integers)
        {
            string name = call.Inner("exponent");
            call.Constant(name, new FloatTensor(integers.Shape, [.. integers.Data.Select(i => (float)i)]));
            exponent = exponent with { Name = name, Integer = null };
        }
        Emit(call, call.Name, BinaryOperation.Pow, call.Floats(0), exponent, call.Output);
    }

    public static void Neg(OperatorCall call)
    {
        if (call.Required(0).Integer is { } integers)
            call.Constant(call.Output, integers with { Data = [.. integers.Data.Select(i => -i)] });
        else
            Activation(call, ActivationKind.Affine, -1);
    }

    public static void Compare(OperatorCall call) => FoldIntegers(call, call.Integers(0, "A"), call.Integers(1, "B"));

    public static void Not(OperatorCall call)
    {
        IntegerTensor truth = call.Integers(0, "X");
        call.Constant(call.Output, truth with { Data = [.. truth.Data.Select(t => 1 - t)] });
    }

    public static void Where(OperatorCall call)
    {
        IntegerTensor condition = call.Integers(0, "condition");
        IntegerTensor chosen = IntegerArithmetic.Choose(condition, call.Integers(1, "X"), call.Integers(2, "Y"))
            ?? throw call.Fail(ImportErrorCode.ShapeMismatch, "the shapes of condition, X and Y do not fit together");
        call.Constant(call.Output, chosen);
    }

    private static void Activation(OperatorCall call, ActivationKind kind, float alpha)
    {
        GraphValue input = call.Floats(0);
        call.Emit(new ActivationNode(call.Name, kind, input.Name, call.Output, alpha), input.Shape);
    }

    /// <summary>Max and Min take any number of operands: one node per pair, from the left.</summary>
    private static void Fold(OperatorCall call, BinaryOperation operation)
    {
        GraphValue sum = call.Required(0);
        if (call.InputCount == 1)
        {
            call.Alias(call.Output, sum);
            return;
        }
        if (call.InputCount == 2 && sum.Integer is { } left && call.Required(1).Integer is { } right)
        {
            FoldIntegers(call, left, right);
            return;
        }
        sum = call.Floats(0);
        for (int i = 1; i < call.InputCount; i++)
        {
            bool last = i == call.InputCount - 1;
            string name = i == 1 ? call.Name : $"{call.Name}/{i}";
            sum = Emit(call, name, operation, sum, call.Floats(i), last ? call.Output : call.Inner($"{i}"));
        }
    }

    private static void FoldIntegers(OperatorCall call, IntegerTensor left, IntegerTensor right)
    {
        IntegerTensor folded = IntegerArithmetic.Binary(call.Operator, left, right) ?? throw Mismatch(call, left.Shape, right.Shape);
        call.Constant(call.Output, folded);
    }

    private static GraphValue Emit(
        OperatorCall call, string name, BinaryOperation operation, GraphValue left, GraphValue right, string output)
    {
        int[] shape = TensorShape.Broadcast(left.Shape, right.Shape) ?? throw Mismatch(call, left.Shape, right.Shape);
        return call.Emit(new BinaryNode(name, operation, left.Name, right.Name, output), shape);
    }

    private static ImportException Mismatch(OperatorCall call, int[] left, int[] right) => call.Fail(
        ImportErrorCode.ShapeMismatch, $"shapes {TensorShape.Text(left)} and {TensorShape.Text(right)} do not fit together");
}
