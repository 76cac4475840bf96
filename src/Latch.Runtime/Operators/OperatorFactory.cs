using Latch.Model;

namespace Latch.Runtime.Operators;

/// <summary>From a plan's operation to what executes it.</summary>
internal static class OperatorFactory
{
    public static PlanOperator Create(Operation operation, TensorSlot[] slots, ModelWeights weights) => operation switch
    {
        DenseOperation dense => new DenseOperator(dense, slots, weights),
        ConvOperation conv => new ConvOperator(conv, slots, weights),
        PoolOperation pool => new PoolOperator(pool, slots),
        MatMulOperation product => new MatMulOperator(product, slots),
        ElementwiseOperation elementwise => new ElementwiseOperator(elementwise, slots),
        AffineOperation affine => new AffineOperator(affine, slots, weights),
        ActivationOperation activation => new ActivationOperator(activation, slots),
        FunctionOperation function => new FunctionOperator(function, slots),
        LogSoftmaxOperation softmax => new LogSoftmaxOperator(softmax, slots),
        SoftmaxOperation softmax => new SoftmaxOperator(softmax, slots),
        ReduceOperation reduce => new ReduceOperator(reduce, slots),
        LayerNormOperation norm => new LayerNormOperator(norm, slots, weights),
        CopyOperation copy => new CopyOperator(copy, slots),
        PickOperation pick => new PickOperator(pick, slots, weights),
        EmbeddingOperation embedding => new EmbeddingOperator(embedding, slots, weights),
        ArgMaxOperation position => new ArgMaxOperator(position, slots),
        WhereOperation where => new WhereOperator(where, slots),
        _ => throw new ArgumentException($"Operation '{operation.Name}' ({operation.GetType().Name}) has no implementation.", nameof(operation)),
    };
}
