using Latch.Import.Graph;
using Latch.Model;
using Latch.Quantize.Weights;
using GraphActivation = Latch.Import.Graph.ActivationKind;

namespace Latch.Quantize.Lowering;

/// <summary>Dense layers, together with an activation that alone reads their result (NUMERICS.md section 6).</summary>
internal static class DenseLowering
{
    private const int LeastShift = 7;

    public static void Lower(DenseNode node, PlanBuilder plan)
    {
        int input = plan.Tensor(node.Input);
        ActivationNode? next = plan.OnlyReader(node.Output) as ActivationNode;
        ActivationFunction? function = next is null ? null : Fusable(next, plan);
        int? minCode = next is null ? null : LowestCode(next, plan);
        bool fused = function is not null || minCode is not null;
        string result = fused ? next!.Output : node.Output;
        if (fused)
            plan.MarkFused(next!);
        int output = plan.Define(result);
        Quantization y = plan.Format(output);
        DenseOperation prepared = plan.Context.Shared(node.Name, () => Prepare(node, plan.Context, plan.Format(input), function is null ? y : null));
        plan.Add(prepared with
        {
            Input = input,
            Output = output,
            Rows = plan.Model.Count(node.Input) / node.Weights.Shape[1],
            MinCode = minCode ?? short.MinValue,
            Activation = function,
            PreActivationLimit = function is { } f ? ActivationLowering.Limit(f) : 0,
            OutputRescale = function is null ? default : MultiplierFactory.Create(Math.ScaleB(1 / y.Scale, -24), node.Name),
        });
    }

    // Weights, bias and multipliers for a result in codes of y, or in Q.13 for a fused function.
    private static DenseOperation Prepare(DenseNode node, LoweringContext context, Quantization x, Quantization? y)
    {
        int outputs = node.Weights.Shape[0], inputs = node.Weights.Shape[1];
        double unit = y?.Scale ?? Math.ScaleB(1, -13);
        (double[] scales, RoundedRows rows) = context.RoundRows(node.Name, node.Weights.Data, outputs, x.Type);
        double[] bias = [.. Enumerable.Range(0, outputs).Select(row => (node.Bias?.Data[row] ?? 0) + rows.MeanError[row].First)];
        double[] ratios = [.. scales.Select(scale => x.Scale * scale / unit)];
        double reach = Enumerable.Range(0, outputs).Max(row => ratios[row] * RowReach(rows.Codes.AsSpan(row * inputs, inputs), x) + Math.Abs(bias[row] / unit));
        int shift = Math.Min(MultiplierFactory.ShiftFor(ratios.Max(), int.MaxValue, node.Name), SumShift(reach));
        if (shift < LeastShift)
            throw new QuantizeException($"its sums reach {reach * unit:G4}, too far beyond the range of its output; scale the model's weights", node.Name);
        double biasUnit = y is null ? Math.ScaleB(1, -20) : unit / 128;
        int[] biasCodes = [.. bias.Select(value => Integer(value / biasUnit, node.Name))];
        int[] multipliers = [.. ratios.Select(ratio => (int)MultiplierFactory.Scaled(ratio, shift))];
        string name = context.ShortName(node);
        return new DenseOperation
        {
            Name = name,
            Input = -1,
            Output = -1,
            Rows = 0,
            Shift = shift,
            Weights = context.AddConstant(name + ".W", constant => ConstantTensor.Of(constant, [outputs, inputs], rows.Codes)),
            Bias = context.AddConstant(name + ".b", constant => ConstantTensor.Of(constant, [outputs], biasCodes)),
            Multipliers = context.AddConstant(name + ".M", constant => ConstantTensor.Of(constant, [outputs], multipliers)),
        };
    }

    /// <summary>The largest magnitude that a row's sum of code x weight, zero point removed, can reach.</summary>
    public static double RowReach(ReadOnlySpan<sbyte> codes, Quantization x)
    {
        double sum = 0;
        foreach (sbyte code in codes)
            sum += Math.Abs((int)code);
        return sum * (AccumulatorBounds.LargestCode(x.Type) + Math.Abs(x.ZeroPoint)) * 2;
    }

    /// <summary>The largest shift for which sums of that reach stay within 64 bits.</summary>
    public static int SumShift(double reach) => 61 - (int)Math.Ceiling(Math.Log2(Math.Max(reach, 1)));

    /// <summary>A number as int32.</summary>
    /// <exception cref="QuantizeException">It does not fit.</exception>
    public static int Integer(double value, string node) => Math.Abs(value) < int.MaxValue
        ? (int)Math.Round(value)
        : throw new QuantizeException("a bias is too large for its layer's output; scale the model's weights", node);

    private static ActivationFunction? Fusable(ActivationNode next, PlanBuilder plan)
    {
        if (next.Kind is GraphActivation.Relu or GraphActivation.LeakyRelu or GraphActivation.PRelu or GraphActivation.Clip)
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
