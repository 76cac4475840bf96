using Latch.Import.Graph;
using Latch.Model;
using Latch.Quantize.Calibration;
using ReduceOperation = Latch.Import.Graph.ReduceOperation;

namespace Latch.Quantize.Lowering;

/// <summary>Reductions made of other operations, with 16 bits between them.</summary>
internal static class ComposedReductions
{
    private const int MostFactors = 8;

    /// <summary>Lowers a reduction of these kinds; false for one that is an operation of its own.</summary>
    public static bool Lower(ReduceNode node, PlanBuilder plan)
    {
        switch (node.Operation)
        {
            case ReduceOperation.LogSum: LogSum(node, plan); return true;
            case ReduceOperation.LogSumExp: LogSumExp(node, plan); return true;
            case ReduceOperation.Prod: Prod(node, plan); return true;
            default: return false;
        }
    }

    private static void LogSum(ReduceNode node, PlanBuilder plan)
    {
        int sum = Temporary(node, plan, "sum", Results(node, plan), Math.Exp(plan.Context.Ranges.Value(node.Output).Max));
        ReductionLowering.Add(node, plan, ReduceOperation.Sum, plan.Tensor(node.Input), plan.Model.Shape(node.Input), sum);
        FunctionLowering.Log(node, plan, sum, plan.Define(node.Output));
    }

    // max + ln of the sum of e^(x - max): the sum lies between 1 and the number of elements.
    private static void LogSumExp(ReduceNode node, PlanBuilder plan)
    {
        int input = plan.Tensor(node.Input);
        int[] shape = plan.Model.Shape(node.Input), kept = [.. shape.Select((length, axis) => node.Axes.Contains(axis) ? 1 : length)];
        int count = TensorShape.Count(shape) / TensorShape.Count(kept);
        int largest = plan.DefineTemporary(node, "max", kept, plan.Format(input));
        ReductionLowering.Add(node, plan, ReduceOperation.Max, input, shape, largest);
        int below = Temporary(node, plan, "below", shape, 2 * plan.Context.Ranges.Value(node.Input).Magnitude);
        ElementwiseLowering.Add(node, plan, ElementwiseKind.Sub, input, shape, largest, kept, below, shape);
        int weights = Temporary(node, plan, "weights", shape, 0.5);
        FunctionLowering.Exp(node, plan, below, weights);
        int sum = Temporary(node, plan, "sum", kept, count / 2.0);
        ReductionLowering.Add(node, plan, ReduceOperation.Sum, weights, shape, sum);
        int logarithm = Temporary(node, plan, "log", kept, Math.Log(Math.Max(count, 2)));
        FunctionLowering.Log(node, plan, sum, logarithm);
        ElementwiseLowering.Add(node, plan, ElementwiseKind.Add, largest, kept, logarithm, kept, plan.Define(node.Output), kept);
    }

    private static void Prod(ReduceNode node, PlanBuilder plan)
    {
        int input = plan.Tensor(node.Input);
        int[] shape = plan.Model.Shape(node.Input), results = Results(node, plan);
        int outer = TensorShape.Count(results), count = TensorShape.Count(shape) / outer;
        if (count > MostFactors)
            throw NodeLowering.Unsupported(node, $"a product of {count} elements (of up to {MostFactors} it has one)");
        int moved = ReductionLowering.MoveAxesLast(node, plan, input, shape);
        double magnitude = plan.Context.Ranges.Value(node.Input).Magnitude;
        int product = -1;
        for (int factor = 0; factor < count; factor++)
        {
            int next = factor == count - 1 && factor == 0 ? plan.Define(node.Output) : plan.DefineTemporary(node, $"factor{factor}", [outer], plan.Format(input));
            MovementLowering.Copy(node, plan, moved, next, [outer], factor, [count], 0, [1]);
            if (factor == 0)
            {
                product = next;
                continue;
            }
            int result = factor == count - 1 ? plan.Define(node.Output) : Temporary(node, plan, $"product{factor}", [outer], Math.Pow(magnitude, factor + 1));
            ElementwiseLowering.Add(node, plan, ElementwiseKind.Mul, product, [outer], next, [outer], result, [outer]);
            product = result;
        }
    }

    private static int[] Results(ReduceNode node, PlanBuilder plan) => plan.Model.Shape(node.Output);

    private static int Temporary(GraphNode node, PlanBuilder plan, string name, int[] shape, double magnitude) =>
        plan.DefineTemporary(node, name, shape, new ValueRange(0, magnitude).ToQuantization(ElementType.Int16));
}
