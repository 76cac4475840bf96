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
        _ => throw new ArgumentException($"no evaluator for {node.GetType().Name}", nameof(node)),
    };
}
