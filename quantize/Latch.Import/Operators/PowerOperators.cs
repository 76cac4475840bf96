using Latch.Import.Folding;
using Latch.Import.Graph;

namespace Latch.Import.Operators;

/// <summary>Pow. A constant exponent that is one number becomes products, a root or a reciprocal; other exponents stay.</summary>
internal static class PowerOperators
{
    /// <summary>The exponent may be an integer.</summary>
    public static void Pow(OperatorCall call)
    {
        (GraphValue x, GraphValue exponent) = (call.Floats(0), call.Required(1));
        int[] shape = ElementwiseOperators.BroadcastShape(call, x, exponent);
        double? constant = shape.AsSpan().SequenceEqual(x.Shape) ? Single(exponent) : null;
        if (ElementKinds.IsInteger(x.Kind) && constant is not (1 or 2 or 3 or 4))
            throw call.Fail(ImportErrorCode.UnsupportedForm, "a power of integers is supported for the exponents 1 to 4 only", "Y");
        if (x.IsConstant || !TryEmit(call, x, constant))
            ElementwiseOperators.Emit(call, call.Name, BinaryOperation.Pow, x, exponent, call.Output);
    }

    private static bool TryEmit(OperatorCall call, GraphValue x, double? exponent)
    {
        switch (exponent)
        {
            case 1: call.Alias(call.Output, x); return true;
            case 2: Product(call, "", x, x, call.Output); return true;
            case 3: Product(call, "/cube", Product(call, "", x, x, call.Inner("square")), x, call.Output); return true;
            case 4: Fourth(call, Product(call, "", x, x, call.Inner("square"))); return true;
            case 0.5: Function(call, "", ActivationKind.Sqrt, x, call.Output); return true;
            case -1: Function(call, "", ActivationKind.Reciprocal, x, call.Output); return true;
            case -0.5: Function(call, "", ActivationKind.Reciprocal, Function(call, "/root", ActivationKind.Sqrt, x, call.Inner("root")), call.Output); return true;
            default: return false;
        }
    }

    private static void Fourth(OperatorCall call, GraphValue square) => Product(call, "/fourth", square, square, call.Output);

    private static GraphValue Product(OperatorCall call, string suffix, GraphValue left, GraphValue right, string output) =>
        ElementwiseOperators.Emit(call, call.Name + suffix, BinaryOperation.Mul, left, right, output);

    private static GraphValue Function(OperatorCall call, string suffix, ActivationKind kind, GraphValue input, string output) =>
        call.Emit(new ActivationNode(call.Name + suffix, kind, input.Name, output), input.Shape);

    /// <summary>The number that all elements of a constant are; null when they differ or are computed.</summary>
    private static double? Single(GraphValue value)
    {
        if (value.Integer is { Data.Length: > 0 } integers)
            return integers.Data.All(n => n == integers.Data[0]) ? integers.Data[0] : null;
        return value.Float is { Count: > 0 } floats && floats.Data.All(x => x == floats.Data[0]) ? floats.Data[0] : null;
    }
}
