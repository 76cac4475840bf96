using Latch.Import.Graph;

namespace Latch.Import.Reference;

/// <summary>Where evaluators find the values they read and write.</summary>
internal interface IValueTable
{
    int[] Shape(string name);

    float[] Data(string name);
}

/// <summary>Computes one node: reads its inputs' buffers, writes its outputs' buffers. Allocates at construction only.</summary>
internal abstract class NodeEvaluator
{
    public abstract void Run(IReferenceObserver? observer);

    public static NodeEvaluator Create(GraphNode node, IValueTable values) => node switch
    {
        RecurrentNode n => RecurrentEvaluator.Create(n, values),
        DenseNode n => new DenseEvaluator(n, values),
        MatMulNode n => new MatMulEvaluator(n, values),
        BinaryNode n => new BinaryEvaluator(n, values),
        AffineNode n => new AffineEvaluator(n, values),
        ActivationNode n => new ActivationEvaluator(n, values),
        SoftmaxNode n => new SoftmaxEvaluator(n, values),
        ReduceNode n => new ReduceEvaluator(n, values),
        LayerNormNode n => new LayerNormEvaluator(n, values),
        MovementNode n => new MovementEvaluator(n, values),
        ConcatNode n => new ConcatEvaluator(n, values),
        ConvNode n => new ConvEvaluator(n, values),
        ConvTransposeNode n => new ConvTransposeEvaluator(n, values),
        PoolNode n => new PoolEvaluator(n, values),
        CompareNode n => new CompareEvaluator(n, values),
        WhereNode n => new WhereEvaluator(n, values),
        ArgMaxNode n => new ArgMaxEvaluator(n, values),
        EmbeddingNode n => new EmbeddingEvaluator(n, values),
        ScatterNode n => new ScatterEvaluator(n, values),
        _ => throw new ArgumentException($"no evaluator for {node.GetType().Name}", nameof(node)),
    };
}
