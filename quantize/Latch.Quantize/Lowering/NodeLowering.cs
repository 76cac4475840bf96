using Latch.Import.Graph;

namespace Latch.Quantize.Lowering;

/// <summary>Finds the lowering of a node's family.</summary>
internal static class NodeLowering
{
    private const string Supported =
        "recurrent layers, dense, convolutions, pooling, matmul, add, sub, mul, div, max, min, pow 2, relu, leaky relu, prelu, thresholded relu, sigmoid, hard sigmoid, tanh, " +
        "scaled tanh, elu, gelu, hard swish, softsign, softplus, affine, clip, erf, atan, exp, log, sqrt, reciprocal, abs, softmax, log softmax, reductions, layer norm, " +
        "comparisons, where, arg max, embedding, and data movement";

    public static void Lower(GraphNode node, PlanBuilder plan)
    {
        switch (node)
        {
            case RecurrentNode recurrent: RecurrentLowering.Lower(recurrent, plan); break;
            case DenseNode dense: DenseLowering.Lower(dense, plan); break;
            case ConvNode conv: ConvLowering.Lower(conv, plan); break;
            case ConvTransposeNode conv: ConvLowering.Lower(conv, plan); break;
            case PoolNode pool: PoolLowering.Lower(pool, plan); break;
            case CompareNode compare: ChoiceLowering.Lower(compare, plan); break;
            case WhereNode where: ChoiceLowering.Lower(where, plan); break;
            case ArgMaxNode position: ChoiceLowering.Lower(position, plan); break;
            case EmbeddingNode embedding: ChoiceLowering.Lower(embedding, plan); break;
            case ScatterNode scatter: PickLowering.Lower(scatter, plan); break;
            case MatMulNode product: MatMulLowering.Lower(product, plan); break;
            case BinaryNode binary: ElementwiseLowering.Lower(binary, plan); break;
            case AffineNode affine: AffineLowering.Lower(affine, plan); break;
            case ActivationNode activation: ActivationLowering.Lower(activation, plan); break;
            case SoftmaxNode softmax: ReductionLowering.Lower(softmax, plan); break;
            case ReduceNode reduce: ReductionLowering.Lower(reduce, plan); break;
            case LayerNormNode norm: ReductionLowering.Lower(norm, plan); break;
            case ConcatNode concat: MovementLowering.Lower(concat, plan); break;
            case MovementNode move: MovementLowering.Lower(move, plan); break;
            default: throw Unsupported(node, node.GetType().Name);
        }
    }

    /// <summary>The refusal of something that has no integer form.</summary>
    public static QuantizeException Unsupported(GraphNode node, string what) =>
        new($"{what} has no integer form; supported are {Supported}. Rewrite the model without it, or cut it off after the last supported node", node.Name);
}
