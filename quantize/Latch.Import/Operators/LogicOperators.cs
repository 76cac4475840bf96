using Latch.Import.Folding;
using Latch.Import.Graph;

namespace Latch.Import.Operators;

/// <summary>Logic: on constants it is folded, on computed values, which are 0 or 1, it is arithmetic.</summary>
internal static class LogicOperators
{
    /// <summary>The product.</summary>
    public static void And(OperatorCall call) => Combine(call, BinaryOperation.Mul);

    /// <summary>The larger one.</summary>
    public static void Or(OperatorCall call) => Combine(call, BinaryOperation.Max);

    /// <summary>1 - (a = b).</summary>
    public static void Xor(OperatorCall call)
    {
        (GraphValue left, GraphValue right) = (call.Required(0), call.Required(1));
        if (!ElementwiseOperators.TryFoldIntegers(call, left, right))
            Negate(call, ChoiceOperators.Compare(call, Comparison.Equal, left, right, call.Inner("equal")));
    }

    public static void Not(OperatorCall call)
    {
        GraphValue truth = call.Required(0);
        if (truth.Integer is { } integers)
            call.Constant(call.Output, integers with { Data = [.. integers.Data.Select(t => 1 - t)] });
        else
            Negate(call, truth);
    }

    /// <summary>Writes 1 - x to the call's output.</summary>
    public static GraphValue Negate(OperatorCall call, GraphValue truth) =>
        call.Emit(new ActivationNode(call.Name, ActivationKind.Affine, truth.Name, call.Output, Alpha: -1, Beta: 1), truth.Shape);

    private static void Combine(OperatorCall call, BinaryOperation operation)
    {
        (GraphValue left, GraphValue right) = (call.Required(0), call.Required(1));
        if (!ElementwiseOperators.TryFoldIntegers(call, left, right))
            ElementwiseOperators.Emit(call, call.Name, operation, left, right, call.Output);
    }
}
