using Latch.Import.Folding;
using Latch.Import.Graph;

namespace Latch.Import.Operators;

/// <summary>Element-wise functions.</summary>
internal static class ActivationOperators
{
    public static void Sigmoid(OperatorCall call) => Emit(call, ActivationKind.Sigmoid);

    public static void Tanh(OperatorCall call) => Emit(call, ActivationKind.Tanh);

    public static void Relu(OperatorCall call) => Emit(call, ActivationKind.Relu);

    public static void Softplus(OperatorCall call) => Emit(call, ActivationKind.Softplus);

    public static void Softsign(OperatorCall call) => Emit(call, ActivationKind.Softsign);

    public static void Exp(OperatorCall call) => Emit(call, ActivationKind.Exp);

    public static void Log(OperatorCall call) => Emit(call, ActivationKind.Log);

    public static void Sqrt(OperatorCall call) => Emit(call, ActivationKind.Sqrt);

    public static void Reciprocal(OperatorCall call) => Emit(call, ActivationKind.Reciprocal);

    public static void Abs(OperatorCall call) => Emit(call, ActivationKind.Abs);

    public static void Erf(OperatorCall call) => Emit(call, ActivationKind.Erf);

    public static void Atan(OperatorCall call) => Emit(call, ActivationKind.Atan);

    public static void HardSwish(OperatorCall call) => Emit(call, ActivationKind.HardSwish);

    public static void Gelu(OperatorCall call)
    {
        string approximate = call.Attribute("approximate", "none");
        Emit(call, approximate switch
        {
            "none" => ActivationKind.Gelu,
            "tanh" => ActivationKind.GeluTanh,
            _ => throw call.Fail(ImportErrorCode.UnsupportedForm, $"'{approximate}' is neither none nor tanh", "approximate"),
        });
    }

    public static void LeakyRelu(OperatorCall call) => Emit(call, ActivationKind.LeakyRelu, call.Attribute("alpha", 0.01f));

    public static void Elu(OperatorCall call) => Emit(call, ActivationKind.Elu, call.Attribute("alpha", 1f));

    public static void ThresholdedRelu(OperatorCall call) =>
        Emit(call, ActivationKind.ThresholdedRelu, call.Attribute("alpha", 1f));

    public static void HardSigmoid(OperatorCall call) =>
        Emit(call, ActivationKind.HardSigmoid, call.Attribute("alpha", 0.2f), call.Attribute("beta", 0.5f));

    public static void PRelu(OperatorCall call)
    {
        GraphValue input = call.Floats(0);
        FloatTensor slope = call.Weights(1, "slope");
        if (TensorShape.Broadcast(slope.Shape, input.Shape) is not { } shape || !shape.AsSpan().SequenceEqual(input.Shape))
        {
            throw call.Fail(
                ImportErrorCode.ShapeMismatch,
                $"shape {TensorShape.Text(slope.Shape)} does not broadcast to {TensorShape.Text(input.Shape)}",
                "slope");
        }
        call.Emit(new ActivationNode(call.Name, ActivationKind.PRelu, input.Name, call.Output, Slope: slope), input.Shape);
    }

    /// <summary>The bounds are attributes up to operator set 10 and inputs from 11 on.</summary>
    public static void Clip(OperatorCall call)
    {
        bool attributes = call.Opset < 11;
        float min = attributes ? call.Attribute("min", float.NegativeInfinity) : Bound(call, 1, "min", float.NegativeInfinity);
        float max = attributes ? call.Attribute("max", float.PositiveInfinity) : Bound(call, 2, "max", float.PositiveInfinity);
        min = Math.Min(min, max); // The upper bound counts where the bounds cross.
        if (call.Required(0).Integer is { } integers)
            call.Constant(call.Output, integers with { Data = [.. integers.Data.Select(number => Math.Min(Math.Max(number, Whole(min)), Whole(max)))] });
        else
            Emit(call, ActivationKind.Clip, min, max);
    }

    private static long Whole(float bound) => bound <= long.MinValue ? long.MinValue : bound >= long.MaxValue ? long.MaxValue : (long)bound;

    private static float Bound(OperatorCall call, int index, string role, float open)
    {
        if (call.Optional(index) is not { } bound)
            return open;
        FloatTensor? number = bound.Float ?? bound.Integer?.ToFloats();
        return number is { Count: 1 } constant && !float.IsNaN(constant.Data[0])
            ? constant.Data[0]
            : throw call.Fail(ImportErrorCode.UnsupportedForm, "must be a constant number", role);
    }

    private static void Emit(OperatorCall call, ActivationKind kind, float alpha = 0, float beta = 0)
    {
        GraphValue input = call.Floats(0);
        call.Emit(new ActivationNode(call.Name, kind, input.Name, call.Output, alpha, beta), input.Shape);
    }
}
