using Latch.Import.Graph;
using Latch.Model;

namespace Latch.Quantize.Lowering;

/// <summary>A factor and a shift per channel.</summary>
internal static class AffineLowering
{
    public static void Lower(AffineNode node, PlanBuilder plan)
    {
        int input = plan.Tensor(node.Input), output = plan.Define(node.Output);
        Quantization x = plan.Format(input), y = plan.Format(output);
        double[] ratios = [.. node.Scale.Data.Select(scale => x.Scale * scale / y.Scale)];
        double reach = ratios.Select((ratio, channel) => Math.Abs(ratio) * 65536 + Math.Abs(node.Shift.Data[channel] / y.Scale)).Max();
        int shift = Math.Min(MultiplierFactory.ShiftFor(ratios.Max(Math.Abs), int.MaxValue, node.Name), WeightMatrix.SumShift(reach));
        int[] multipliers = [.. ratios.Select(ratio => (int)MultiplierFactory.Scaled(ratio, shift))];
        int[] bias = [.. node.Shift.Data.Select(value => WeightMatrix.Integer(value / y.Scale * 128, node.Name))];
        string name = plan.Context.ShortName(node);
        int[] shape = plan.Model.Shape(node.Input);
        plan.Add(new AffineOperation
        {
            Name = name,
            Input = input,
            Output = output,
            Outer = TensorShape.Count(shape.AsSpan(0, node.Axis)),
            Inner = TensorShape.Count(shape.AsSpan(node.Axis + 1)),
            Multipliers = plan.Context.AddConstant(name + ".M", constant => ConstantTensor.Of(constant, [multipliers.Length], multipliers)),
            Bias = plan.Context.AddConstant(name + ".b", constant => ConstantTensor.Of(constant, [bias.Length], bias)),
            Shift = shift,
        });
    }
}
