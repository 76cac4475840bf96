using Latch.Import.Folding;
using Latch.Import.Graph;

namespace Latch.Import.Operators;

/// <summary>Element-wise functions that are made of others.</summary>
internal static class CompositeActivations
{
    /// <summary>gamma (x for x at least 0, else alpha (exp(x) - 1)).</summary>
    public static void Selu(OperatorCall call)
    {
        float alpha = call.Attribute("alpha", 1.6732632f);
        float gamma = call.Attribute("gamma", 1.0507010f);
        GraphValue elu = Emit(call, "/elu", ActivationKind.Elu, call.Floats(0), call.Inner("elu"), alpha);
        Emit(call, "", ActivationKind.Affine, elu, call.Output, gamma);
    }

    /// <summary>alpha elu(x / alpha).</summary>
    public static void Celu(OperatorCall call)
    {
        float alpha = call.Attribute("alpha", 1f);
        if (!(alpha > 0))
            throw call.Fail(ImportErrorCode.UnsupportedForm, $"must be above 0, is {alpha}", "alpha");
        GraphValue input = call.Floats(0);
        if (alpha == 1)
        {
            Emit(call, "", ActivationKind.Elu, input, call.Output, 1);
            return;
        }
        GraphValue scaled = Emit(call, "/scaled", ActivationKind.Affine, input, call.Inner("scaled"), 1 / alpha);
        GraphValue elu = Emit(call, "/elu", ActivationKind.Elu, scaled, call.Inner("elu"), 1);
        Emit(call, "", ActivationKind.Affine, elu, call.Output, alpha);
    }

    /// <summary>x tanh(softplus(x)).</summary>
    public static void Mish(OperatorCall call)
    {
        GraphValue input = call.Floats(0);
        GraphValue softplus = Emit(call, "/softplus", ActivationKind.Softplus, input, call.Inner("softplus"));
        GraphValue tanh = Emit(call, "/tanh", ActivationKind.Tanh, softplus, call.Inner("tanh"));
        ElementwiseOperators.Emit(call, call.Name, BinaryOperation.Mul, input, tanh, call.Output);
    }

    private static GraphValue Emit(OperatorCall call, string suffix, ActivationKind kind, GraphValue input, string output, float alpha = 0) =>
        call.Emit(new ActivationNode(call.Name + suffix, kind, input.Name, output, alpha), input.Shape);
}
