using Latch.Import.Graph;
using Latch.Model;

namespace Latch.Quantize.Lowering;

/// <summary>Pooling by windows.</summary>
internal static class PoolLowering
{
    public static void Lower(PoolNode node, PlanBuilder plan)
    {
        int input = plan.Tensor(node.Input), output = plan.Define(node.Output);
        int[] shape = plan.Model.Shape(node.Input);
        plan.Add(new Model.PoolOperation
        {
            Name = plan.Context.ShortName(node),
            Kind = node.Operation switch
            {
                Import.Graph.PoolOperation.Max => PoolKind.Max,
                Import.Graph.PoolOperation.Average => PoolKind.Average,
                _ => PoolKind.AverageWithPadding,
            },
            Input = input,
            Output = output,
            Channels = shape[0] * shape[1],
            Window = ConvLowering.Layout(shape, plan.Model.Shape(node.Output), node.Kernel, node.Window),
            Rescale = MultiplierFactory.Create(plan.Format(input).Scale / plan.Format(output).Scale, node.Name),
        });
    }
}
