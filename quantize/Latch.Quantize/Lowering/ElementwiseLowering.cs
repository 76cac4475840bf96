using Latch.Import.Graph;
using Latch.Model;

namespace Latch.Quantize.Lowering;

/// <summary>Operations of two operands.</summary>
internal static class ElementwiseLowering
{
    public static void Lower(BinaryNode node, PlanBuilder plan)
    {
        if (node.Operation == BinaryOperation.Pow)
        {
            LowerPower(node, plan);
            return;
        }
        if (PositiveFactor(node, plan.Model) is { } factor)
        {
            Scale(node, plan, factor.Value, factor.Factor);
            return;
        }
        ElementwiseKind kind = node.Operation switch
        {
            BinaryOperation.Add => ElementwiseKind.Add,
            BinaryOperation.Sub => ElementwiseKind.Sub,
            BinaryOperation.Mul => ElementwiseKind.Mul,
            BinaryOperation.Div => ElementwiseKind.Div,
            BinaryOperation.Max => ElementwiseKind.Max,
            _ => ElementwiseKind.Min,
        };
        Add(node, plan, kind, plan.Tensor(node.Left), plan.Model.Shape(node.Left), plan.Tensor(node.Right), plan.Model.Shape(node.Right), plan.Define(node.Output), plan.Model.Shape(node.Output));
    }

    /// <summary>Adds an elementwise operation with numpy broadcasting.</summary>
    public static void Add(GraphNode node, PlanBuilder plan, ElementwiseKind kind, int left, int[] leftShape, int right, int[] rightShape, int output, int[] shape)
    {
        (int[] dimensions, int[][] strides) = Broadcast.Merge(shape, TensorShape.Strides(shape), Broadcast.Strides(leftShape, shape), Broadcast.Strides(rightShape, shape));
        (Rescale leftRescale, Rescale rightRescale) = Rescales(kind, plan.Format(left).Scale, plan.Format(right).Scale, plan.Format(output).Scale, node.Name);
        plan.Add(new ElementwiseOperation
        {
            Name = plan.Context.ShortName(node),
            Kind = kind,
            Left = left,
            Right = right,
            Output = output,
            Dimensions = dimensions,
            LeftStrides = strides[1],
            RightStrides = strides[2],
            LeftRescale = leftRescale,
            RightRescale = rightRescale,
        });
    }

    private static (Rescale Left, Rescale Right) Rescales(ElementwiseKind kind, double left, double right, double output, string node)
    {
        switch (kind)
        {
            case ElementwiseKind.Add or ElementwiseKind.Sub:
                int shift = MultiplierFactory.ShiftFor(Math.Max(left, right) / output, int.MaxValue, node);
                return (new((int)MultiplierFactory.Scaled(left / output, shift), shift), new((int)MultiplierFactory.Scaled(right / output, shift), shift));
            case ElementwiseKind.Equal or ElementwiseKind.Less or ElementwiseKind.LessOrEqual:
                int places = MultiplierFactory.ShiftFor(Math.Max(left / right, 1), int.MaxValue, node);
                return (new((int)MultiplierFactory.Scaled(left / right, places), places), new((int)MultiplierFactory.Scaled(1, places), places));
            case ElementwiseKind.Mul:
                return (MultiplierFactory.Create(left * right / output, node), default);
            case ElementwiseKind.Div:
                return (MultiplierFactory.Create(left / (right * output), node), default);
            case ElementwiseKind.PRelu:
                return (MultiplierFactory.Create(left / output, node), MultiplierFactory.Create(left * right / output, node));
            default:
                return (MultiplierFactory.Create(left / output, node), MultiplierFactory.Create(right / output, node));
        }
    }

    private static void LowerPower(BinaryNode node, PlanBuilder plan)
    {
        if (!plan.Model.Constants.TryGetValue(node.Right, out FloatTensor? exponent) || exponent.Data.Any(static value => value != 2))
            throw NodeLowering.Unsupported(node, "a power other than a constant 2");
        int input = plan.Tensor(node.Left);
        int[] shape = plan.Model.Shape(node.Left);
        Add(node, plan, ElementwiseKind.Mul, input, shape, input, shape, plan.Define(node.Output), plan.Model.Shape(node.Output));
    }

    // x times or over one positive number: only the scale changes, so no constant needs codes of its own.
    private static (string Value, double Factor)? PositiveFactor(BinaryNode node, FloatModel model)
    {
        bool multiplies = node.Operation == BinaryOperation.Mul;
        if (!multiplies && node.Operation != BinaryOperation.Div)
            return null;
        foreach ((string value, string other) in multiplies ? new[] { (node.Left, node.Right), (node.Right, node.Left) } : [(node.Left, node.Right)])
            if (model.Constants.TryGetValue(other, out FloatTensor? constant) && constant.Count == 1 && constant.Data[0] > 0 && model.Count(value) == model.Count(node.Output))
                return (value, multiplies ? constant.Data[0] : 1.0 / constant.Data[0]);
        return null;
    }

    private static void Scale(BinaryNode node, PlanBuilder plan, string value, double factor)
    {
        int input = plan.Tensor(value), output = plan.Define(node.Output);
        plan.Add(new CopyOperation
        {
            Name = plan.Context.ShortName(node),
            Input = input,
            Output = output,
            Dimensions = [plan.Model.Count(value)],
            InputStrides = [1],
            OutputStrides = [1],
            Rescale = MultiplierFactory.Create(plan.Format(input).Scale * factor / plan.Format(output).Scale, node.Name),
        });
    }
}
