using Latch.Import.Graph;
using Latch.Model;

namespace Latch.Quantize.Lowering;

/// <summary>Products of two computed matrices.</summary>
internal static class MatMulLowering
{
    public static void Lower(MatMulNode node, PlanBuilder plan)
    {
        int[] left = plan.Model.Shape(node.Left), right = plan.Model.Shape(node.Right);
        int[] leftMatrix = left.Length == 1 ? [1, left[0]] : left, rightMatrix = right.Length == 1 ? [right[0], 1] : right;
        int[] leftBatch = leftMatrix[..^2], rightBatch = rightMatrix[..^2];
        int[] batch = TensorShape.Broadcast(leftBatch, rightBatch) ?? throw NodeLowering.Unsupported(node, "a product of matrices that do not fit");
        bool broadcastLeft = Repeats(leftBatch, batch), broadcastRight = Repeats(rightBatch, batch);
        int a = Expanded(node, plan, "left", plan.Tensor(node.Left), leftMatrix, batch, broadcastLeft);
        int b = Expanded(node, plan, "right", plan.Tensor(node.Right), rightMatrix, batch, broadcastRight);
        int output = plan.Define(node.Output);
        plan.Add(new MatMulOperation
        {
            Name = plan.Context.ShortName(node),
            Left = a,
            Right = b,
            Output = output,
            Batch = TensorShape.Count(batch),
            M = leftMatrix[^2],
            K = leftMatrix[^1],
            N = rightMatrix[^1],
            LeftBroadcast = broadcastLeft,
            RightBroadcast = broadcastRight,
            Rescale = MultiplierFactory.Create(plan.Format(a).Scale * plan.Format(b).Scale / plan.Format(output).Scale, node.Name),
        });
    }

    private static bool Repeats(int[] own, int[] batch) => TensorShape.Count(own) == 1 && TensorShape.Count(batch) > 1;

    // A side that repeats along some of several leading axes is written out.
    private static int Expanded(MatMulNode node, PlanBuilder plan, string side, int tensor, int[] matrix, int[] batch, bool broadcast)
    {
        int[] shape = [.. batch, .. matrix[^2..]];
        if (broadcast || TensorShape.Count(shape) == TensorShape.Count(matrix))
            return tensor;
        int expanded = plan.DefineTemporary(node, side, shape, plan.Format(tensor));
        MovementLowering.Copy(node, plan, tensor, expanded, shape, 0, Broadcast.Strides(matrix, shape), 0, TensorShape.Strides(shape));
        return expanded;
    }
}
