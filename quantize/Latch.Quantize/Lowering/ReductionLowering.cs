using Latch.Import.Graph;
using Latch.Model;
using ReduceOperation = Latch.Model.ReduceOperation;

namespace Latch.Quantize.Lowering;

/// <summary>Softmax, reductions and layer normalisation.</summary>
internal static class ReductionLowering
{
    public static void Lower(SoftmaxNode node, PlanBuilder plan)
    {
        if (node.IsLog)
        {
            LowerLog(node, plan);
            return;
        }
        int input = plan.Tensor(node.Input), output = plan.Define(node.Output);
        int[] shape = plan.Model.Shape(node.Input);
        plan.Add(new SoftmaxOperation
        {
            Name = plan.Context.ShortName(node),
            Input = input,
            Output = output,
            Outer = TensorShape.Count(shape.AsSpan(0, node.Axis)),
            Axis = shape[node.Axis],
            Inner = TensorShape.Count(shape.AsSpan(node.Axis + 1)),
            InputRescale = MultiplierFactory.Create(Math.ScaleB(plan.Format(input).Scale, 13), node.Name),
            OutputRescale = MultiplierFactory.Create(Math.ScaleB(1 / plan.Format(output).Scale, -24), node.Name),
        });
    }

    public static void Lower(ReduceNode node, PlanBuilder plan)
    {
        if (ComposedReductions.Lower(node, plan))
            return;
        int input = plan.Tensor(node.Input);
        Add(node, plan, node.Operation, input, plan.Model.Shape(node.Input), plan.Define(node.Output));
    }

    /// <summary>Adds a reduction of a tensor along the node's axes.</summary>
    public static void Add(ReduceNode node, PlanBuilder plan, Import.Graph.ReduceOperation operation, int input, int[] shape, int output)
    {
        int count = node.Axes.Aggregate(1, (product, axis) => product * shape[axis]);
        int outer, inner;
        if (node.Axes.Length == 0 || node.Axes[^1] - node.Axes[0] + 1 == node.Axes.Length)
        {
            outer = node.Axes.Length == 0 ? TensorShape.Count(shape) : TensorShape.Count(shape.AsSpan(0, node.Axes[0]));
            inner = node.Axes.Length == 0 ? 1 : TensorShape.Count(shape.AsSpan(node.Axes[^1] + 1));
        }
        else
        {
            input = MoveAxesLast(node, plan, input, shape);
            (outer, inner) = (TensorShape.Count(shape) / count, 1);
        }
        Quantization x = plan.Format(input), y = plan.Format(output);
        (ReduceKind kind, double factor) = Kind(operation, x.Scale, count);
        plan.Add(new ReduceOperation
        {
            Name = plan.Context.ShortName(node),
            Kind = kind,
            Input = input,
            Output = output,
            Outer = outer,
            Axis = count,
            Inner = inner,
            Rescale = MultiplierFactory.Create(factor / y.Scale, node.Name),
        });
    }

    public static void Lower(LayerNormNode node, PlanBuilder plan)
    {
        int input = plan.Tensor(node.Input), output = plan.Define(node.Output);
        Quantization x = plan.Format(input), y = plan.Format(output);
        int[] shape = plan.Model.Shape(node.Input);
        int axis = TensorShape.Count(shape.AsSpan(node.Axis));
        double[] ratios = [.. node.Scale.Data.Select(scale => Math.ScaleB(scale / y.Scale, -22))];
        double[] shifts = [.. Enumerable.Range(0, axis).Select(i => (node.Bias?.Data[i] ?? 0) / y.Scale)];
        double reach = ratios.Max(Math.Abs) * Math.ScaleB(axis, 22) + shifts.Max(Math.Abs);
        int shift = Math.Min(MultiplierFactory.ShiftFor(ratios.Max(Math.Abs), int.MaxValue, node.Name), WeightMatrix.SumShift(reach));
        int[] multipliers = [.. ratios.Select(ratio => (int)MultiplierFactory.Scaled(ratio, shift))];
        int[] bias = [.. shifts.Select(value => WeightMatrix.Integer(value * 128, node.Name))];
        string name = plan.Context.ShortName(node);
        plan.Add(new LayerNormOperation
        {
            Name = name,
            Input = input,
            Output = output,
            Outer = TensorShape.Count(shape) / axis,
            Axis = axis,
            Epsilon = (long)Math.Max(1, Math.Round(node.Epsilon / (x.Scale * x.Scale))),
            Multipliers = plan.Context.AddConstant(name + ".M", constant => ConstantTensor.Of(constant, [axis], multipliers)),
            Bias = plan.Context.AddConstant(name + ".b", constant => ConstantTensor.Of(constant, [axis], bias)),
            Shift = shift,
        });
    }

    private static void LowerLog(SoftmaxNode node, PlanBuilder plan)
    {
        int input = plan.Tensor(node.Input), output = plan.Define(node.Output);
        int[] shape = plan.Model.Shape(node.Input);
        double difference = plan.Format(input).Scale / plan.Format(output).Scale, logarithm = Math.ScaleB(1 / plan.Format(output).Scale, -16);
        int shift = MultiplierFactory.ShiftFor(Math.Max(difference, logarithm), int.MaxValue, node.Name);
        plan.Add(new LogSoftmaxOperation
        {
            Name = plan.Context.ShortName(node),
            Input = input,
            Output = output,
            Outer = TensorShape.Count(shape.AsSpan(0, node.Axis)),
            Axis = shape[node.Axis],
            Inner = TensorShape.Count(shape.AsSpan(node.Axis + 1)),
            InputRescale = MultiplierFactory.Create(Math.ScaleB(plan.Format(input).Scale, 13), node.Name),
            DifferenceRescale = new((int)MultiplierFactory.Scaled(difference, shift), shift),
            LogRescale = new((int)MultiplierFactory.Scaled(logarithm, shift), shift),
        });
    }

    private static (ReduceKind Kind, double Factor) Kind(Import.Graph.ReduceOperation operation, double scale, int count) => operation switch
    {
        Import.Graph.ReduceOperation.Sum => (ReduceKind.Sum, scale),
        Import.Graph.ReduceOperation.Mean => (ReduceKind.Sum, scale / count),
        Import.Graph.ReduceOperation.Max => (ReduceKind.Max, scale),
        Import.Graph.ReduceOperation.Min => (ReduceKind.Min, scale),
        Import.Graph.ReduceOperation.L1 => (ReduceKind.L1, scale),
        Import.Graph.ReduceOperation.SumSquare => (ReduceKind.SumSquare, scale * scale),
        Import.Graph.ReduceOperation.L2 => (ReduceKind.L2, scale / 256),
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, null),
    };

    /// <summary>Copies a tensor with the node's axes behind the others.</summary>
    public static int MoveAxesLast(ReduceNode node, PlanBuilder plan, int input, int[] shape)
    {
        int[] strides = TensorShape.Strides(shape);
        int[] order = [.. Enumerable.Range(0, shape.Length).Except(node.Axes), .. node.Axes];
        int[] moved = [.. order.Select(axis => shape[axis])];
        int output = plan.DefineTemporary(node, $"moved{input}", moved, plan.Format(input));
        MovementLowering.Copy(node, plan, input, output, moved, 0, [.. order.Select(axis => strides[axis])], 0, TensorShape.Strides(moved));
        return output;
    }
}
