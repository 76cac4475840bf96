using Latch.Import.Graph;
using Latch.Model;
using Latch.Quantize.Calibration;
using ActivationKind = Latch.Import.Graph.ActivationKind;
using ReduceOperation = Latch.Model.ReduceOperation;

namespace Latch.Quantize.Lowering;

/// <summary>
/// The magnitude of a spectrum, sqrt(a^2 + b^2), as one operation: the squares are summed in 64 bits. By themselves they would be rounded to 16, and what is small
/// beside the largest would be lost.
/// </summary>
internal static class MagnitudeLowering
{
    /// <summary>Marks the squares and the sum before each such root as done by it.</summary>
    public static void Mark(PlanBuilder plan)
    {
        foreach (ActivationNode root in plan.Model.Nodes.OfType<ActivationNode>())
        {
            foreach (GraphNode node in Find(root, plan)?.Replaced ?? [])
                plan.MarkFused(node);
        }
    }

    /// <summary>Lowers a root of a sum of two squares; false for another node.</summary>
    public static bool Lower(ActivationNode root, PlanBuilder plan)
    {
        if (Find(root, plan) is not { } found)
            return false;
        int count = plan.Model.Count(root.Output);
        int first = plan.Tensor(found.First), second = plan.Tensor(found.Second);
        ValueRange range = plan.Context.Ranges.Value(found.First).Union(plan.Context.Ranges.Value(found.Second));
        Quantization codes = plan.Format(first) == plan.Format(second) ? plan.Format(first) : range.ToQuantization(ElementType.Int16);
        int both = plan.DefineTemporary(root, "both", [2, count], codes), output = plan.Define(root.Output);
        MovementLowering.Copy(root, plan, first, both, [count], 0, [1], 0, [1]);
        MovementLowering.Copy(root, plan, second, both, [count], 0, [1], count, [1]);
        plan.Add(new ReduceOperation
        {
            Name = plan.Context.ShortName(root),
            Kind = ReduceKind.L2,
            Input = both,
            Output = output,
            Outer = 1,
            Axis = 2,
            Inner = count,
            Rescale = MultiplierFactory.Create(codes.Scale / 256 / plan.Format(output).Scale, root.Name),
        });
        return true;
    }

    private static (string First, string Second, GraphNode[] Replaced)? Find(ActivationNode root, PlanBuilder plan)
    {
        if (root.Kind != ActivationKind.Sqrt || Only(root.Input, plan) is not BinaryNode { Operation: BinaryOperation.Add } sum)
            return null;
        if (Only(sum.Left, plan) is not BinaryNode left || Only(sum.Right, plan) is not BinaryNode right || Squared(left, plan.Model) is not { } first || Squared(right, plan.Model) is not { } second)
            return null;
        int count = plan.Model.Count(root.Output);
        return plan.Model.Count(first) == count && plan.Model.Count(second) == count ? (first, second, [left, right, sum]) : null;
    }

    // The node that writes a value which nothing else reads.
    private static GraphNode? Only(string value, PlanBuilder plan) =>
        plan.OnlyReader(value) is null ? null : plan.Model.Nodes.FirstOrDefault(node => node.Outputs.Contains(value));

    private static string? Squared(BinaryNode node, FloatModel model) => node.Operation switch
    {
        BinaryOperation.Mul when node.Left == node.Right && !model.Constants.ContainsKey(node.Left) => node.Left,
        BinaryOperation.Pow when model.Constants.TryGetValue(node.Right, out FloatTensor? exponent) && exponent.Data.All(static value => value == 2) => node.Left,
        _ => null,
    };
}
