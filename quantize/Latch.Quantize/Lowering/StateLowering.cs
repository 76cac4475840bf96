using Latch.Import.Graph;
using Latch.Model;

namespace Latch.Quantize.Lowering;

/// <summary>States that the plan carries: pairs of tensors with the same codes. What is handed on without being computed is copied first.</summary>
internal static class StateLowering
{
    public static IReadOnlyList<PlanState> Lower(PlanBuilder plan) =>
        [.. plan.Model.States.Select(pair => new PlanState(pair.Input, plan.Tensor(pair.Input), Written(pair, plan)))];

    private static int Written(StatePair pair, PlanBuilder plan)
    {
        int from = plan.Tensor(pair.Output), to = plan.Tensor(pair.Input);
        bool sameCodes = plan.Format(from) == plan.Format(to);
        if (sameCodes && !plan.IsGiven(from) && plan.Shape(from).SequenceEqual(plan.Shape(to)))
            return from;
        int[] shape = plan.Model.Shape(pair.Input);
        int copy = plan.DefineNamed($"{pair.Input}.next", shape, plan.Format(to));
        plan.Add(new CopyOperation
        {
            Name = $"{pair.Input}.next",
            Input = from,
            Output = copy,
            Dimensions = [TensorShape.Count(shape)],
            InputStart = 0,
            InputStrides = [1],
            OutputStart = 0,
            OutputStrides = [1],
            Rescale = sameCodes ? null : MultiplierFactory.Create(plan.Format(from).Scale / plan.Format(to).Scale, pair.Input),
        });
        return copy;
    }
}
