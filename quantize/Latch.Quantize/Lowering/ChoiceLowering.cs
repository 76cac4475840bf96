using Latch.Import.Graph;
using Latch.Model;

namespace Latch.Quantize.Lowering;

/// <summary>Comparisons, choices, positions and tables.</summary>
internal static class ChoiceLowering
{
    // Whole numbers as codes end at 32767.
    private const int MostRows = 32768;

    /// <summary>
    /// Compares the real numbers that the codes stand for. A constant takes the codes of the other side where it lies in their range, so that a value that is the
    /// constant in floating point is so in codes too.
    /// </summary>
    public static void Lower(CompareNode node, PlanBuilder plan)
    {
        ElementwiseKind kind = node.Comparison switch
        {
            Comparison.Equal => ElementwiseKind.Equal,
            Comparison.Less => ElementwiseKind.Less,
            _ => ElementwiseKind.LessOrEqual,
        };
        int left = Side(node, plan, node.Left, node.Right), right = Side(node, plan, node.Right, node.Left);
        ElementwiseLowering.Add(node, plan, kind, left, plan.Model.Shape(node.Left), right, plan.Model.Shape(node.Right), plan.Define(node.Output), plan.Model.Shape(node.Output));
    }

    public static void Lower(WhereNode node, PlanBuilder plan)
    {
        int condition = plan.Tensor(node.Condition), output = plan.Define(node.Output);
        int whenTrue = Branch(node, plan, node.WhenTrue, output), whenFalse = Branch(node, plan, node.WhenFalse, output);
        int[] shape = plan.Model.Shape(node.Output);
        (int[] dimensions, int[][] strides) = Broadcast.Merge(
            shape,
            TensorShape.Strides(shape),
            Broadcast.Strides(plan.Model.Shape(node.Condition), shape),
            Broadcast.Strides(plan.Model.Shape(node.WhenTrue), shape),
            Broadcast.Strides(plan.Model.Shape(node.WhenFalse), shape));
        Quantization codes = plan.Format(condition), y = plan.Format(output);
        plan.Add(new WhereOperation
        {
            Name = plan.Context.ShortName(node),
            Condition = condition,
            Threshold = codes.ZeroPoint + Math.Max(1, (int)Math.Round(0.5 / codes.Scale)),
            WhenTrue = whenTrue,
            WhenFalse = whenFalse,
            Output = output,
            Dimensions = dimensions,
            ConditionStrides = strides[1],
            TrueStrides = strides[2],
            FalseStrides = strides[3],
            TrueRescale = MultiplierFactory.Create(plan.Format(whenTrue).Scale / y.Scale, node.Name),
            FalseRescale = MultiplierFactory.Create(plan.Format(whenFalse).Scale / y.Scale, node.Name),
        });
    }

    public static void Lower(ArgMaxNode node, PlanBuilder plan)
    {
        int input = plan.Tensor(node.Input), output = plan.Define(node.Output);
        int[] shape = plan.Model.Shape(node.Input);
        plan.Add(new ArgMaxOperation
        {
            Name = plan.Context.ShortName(node),
            Input = input,
            Output = output,
            Outer = TensorShape.Count(shape.AsSpan(0, node.Axis)),
            Axis = shape[node.Axis],
            Inner = TensorShape.Count(shape.AsSpan(node.Axis + 1)),
            Smallest = node.Smallest,
            Rescale = MultiplierFactory.Create(1 / plan.Format(output).Scale, node.Name),
        });
    }

    public static void Lower(EmbeddingNode node, PlanBuilder plan)
    {
        int rows = node.Table.Shape[0];
        if (rows > MostRows)
            throw new QuantizeException($"its table has {rows} rows; whole numbers have 16 bits, which reach {MostRows}", node.Name);
        int indices = plan.Tensor(node.Indices), output = plan.Define(node.Output);
        string name = plan.Context.ShortName(node);
        plan.Add(new EmbeddingOperation
        {
            Name = name,
            Indices = indices,
            Output = output,
            Table = plan.Context.AddConstant(name + ".table", constant => PlanBuilder.Encode(constant, [rows, node.Table.Count / rows], node.Table.Data, plan.Format(output))),
            IndexRescale = MultiplierFactory.Create(plan.Format(indices).Scale, node.Name),
        });
    }

    // A constant takes the output's codes, limited to them: nothing is left to rescale.
    private static int Branch(WhereNode node, PlanBuilder plan, string value, int output) => plan.Model.Constants.TryGetValue(value, out FloatTensor? constant)
        ? plan.AddConstant($"{plan.Context.ShortName(node)}.{value}", constant, plan.Format(output))
        : plan.Tensor(value);

    private static int Side(CompareNode node, PlanBuilder plan, string value, string other)
    {
        if (!plan.Model.Constants.TryGetValue(value, out FloatTensor? constant) || plan.Model.Constants.ContainsKey(other))
            return plan.Tensor(value);
        Quantization codes = plan.Format(plan.Tensor(other));
        bool inside = constant.Data.All(number => Math.Round(number / codes.Scale) + codes.ZeroPoint is var code && code >= codes.MinCode && code <= codes.MaxCode);
        return inside ? plan.AddConstant($"{plan.Context.ShortName(node)}.{value}", constant, codes) : plan.Tensor(value);
    }
}
