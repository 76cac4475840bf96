using Latch.Model;

namespace Latch.Runtime.Operators;

/// <summary>From a plan's operation to what executes it.</summary>
internal static class OperatorFactory
{
    public static PlanOperator Create(Operation operation, IReadOnlyList<TensorSlot> slots, ModelWeights weights) => operation switch
    {
        DenseOperation dense => weights.CreateDense(dense, slots),
        MatMulOperation product => new MatMulOperator(product, slots),
        ElementwiseOperation elementwise => new ElementwiseOperator(elementwise, slots),
        AffineOperation affine => new AffineOperator(affine, slots, weights),
        ActivationOperation activation => new ActivationOperator(activation, slots),
        SoftmaxOperation softmax => new SoftmaxOperator(softmax, slots),
        ReduceOperation reduce => new ReduceOperator(reduce, slots),
        LayerNormOperation norm => new LayerNormOperator(norm, slots, weights),
        CopyOperation copy => new CopyOperator(copy, slots),
        _ => throw new ArgumentException($"Operation '{operation.Name}' ({operation.GetType().Name}) has no implementation.", nameof(operation)),
    };
}
