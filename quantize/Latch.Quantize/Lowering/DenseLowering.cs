using Latch.Import.Graph;
using Latch.Model;

namespace Latch.Quantize.Lowering;

/// <summary>Dense layers, together with an activation that alone reads their result (NUMERICS.md section 6).</summary>
internal static class DenseLowering
{
    public static void Lower(DenseNode node, PlanBuilder plan)
    {
        int input = plan.Tensor(node.Input);
        var fusion = FusedActivation.Of(node.Output, plan);
        int output = plan.Define(fusion.Result);
        Quantization y = plan.Format(output);
        WeightMatrix weights = plan.Context.Shared(node.Name, () => WeightMatrix.Prepare(node, node.Weights, node.Bias, plan.Context, plan.Format(input), fusion.Function is null ? y : null));
        plan.Add(new DenseOperation
        {
            Name = weights.Name,
            Input = input,
            Output = output,
            Rows = plan.Model.Count(node.Input) / node.Weights.Shape[1],
            Weights = weights.Weights,
            Bias = weights.Bias,
            Multipliers = weights.Multipliers,
            Shift = weights.Shift,
            MinCode = fusion.MinCode,
            Activation = fusion.Function,
            PreActivationLimit = fusion.Limit,
            OutputRescale = fusion.Rescale(y, node.Name),
        });
    }
}
