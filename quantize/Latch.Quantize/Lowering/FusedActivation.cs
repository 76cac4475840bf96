using Latch.Import.Graph;
using Latch.Model;
using GraphActivation = Latch.Import.Graph.ActivationKind;

namespace Latch.Quantize.Lowering;

/// <summary>An activation that rows of weights take over from the node that alone reads their result.</summary>
/// <param name="Result">The value the rows then write.</param>
/// <param name="Function">The function over Q.13, or null.</param>
/// <param name="MinCode">The smallest code written.</param>
internal sealed record FusedActivation(string Result, ActivationFunction? Function, int MinCode)
{
    /// <summary>Limit of the pre-activation; 0 without a function.</summary>
    public int Limit => Function is { } function ? ActivationLowering.Limit(function) : 0;

    /// <summary>What can be taken over after the node that writes <paramref name="value"/>; marks the node that is.</summary>
    public static FusedActivation Of(string value, PlanBuilder plan)
    {
        if (plan.OnlyReader(value) is not ActivationNode next)
            return new FusedActivation(value, null, short.MinValue);
        ActivationFunction? function = Fusable(next, plan);
        int? lowest = LowestCode(next, plan);
        if (function is null && lowest is null)
            return new FusedActivation(value, null, short.MinValue);
        plan.MarkFused(next);
        return new FusedActivation(next.Output, function, lowest ?? short.MinValue);
    }

    /// <summary>From Q7.24 to the output's codes; nothing without a function.</summary>
    public Rescale Rescale(Quantization output, string node) =>
        Function is null ? default : MultiplierFactory.Create(Math.ScaleB(1 / output.Scale, -24), node);

    private static ActivationFunction? Fusable(ActivationNode next, PlanBuilder plan)
    {
        if (next.Kind is GraphActivation.Relu or GraphActivation.LeakyRelu or GraphActivation.PRelu or GraphActivation.Clip || !ActivationLowering.IsFunction(next.Kind))
            return null;
        ActivationFunction function = ActivationLowering.Function(next.Kind, next.Alpha, next.Beta, next.Name);
        return function.IsCurve || plan.Context.Ranges.Value(next.Input).Magnitude <= 64 ? function : null;
    }

    // A relu is the limit of the output's codes; so is a clip whose upper end the codes cannot pass anyway.
    private static int? LowestCode(ActivationNode next, PlanBuilder plan)
    {
        Quantization y = plan.Context.Formats[next.Output];
        if (next.Kind == GraphActivation.Relu)
            return y.ZeroPoint;
        bool bounded = next.Kind == GraphActivation.Clip && float.IsFinite(next.Alpha) && (y.MaxCode - y.ZeroPoint) * y.Scale <= next.Beta * 1.0001;
        return bounded ? (int)Math.Clamp(Math.Round(next.Alpha / y.Scale) + y.ZeroPoint, y.MinCode, y.MaxCode) : null;
    }
}
