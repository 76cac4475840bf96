using Latch.Import.Graph;

namespace Latch.Import.Reference;

/// <summary>Comparisons of two broadcast operands.</summary>
internal sealed class CompareEvaluator(CompareNode node, IValueTable values) : NodeEvaluator
{
    private readonly float[] _left = values.Data(node.Left);
    private readonly float[] _right = values.Data(node.Right);
    private readonly float[] _output = values.Data(node.Output);
    private readonly int[]? _leftMap = IndexMap.Broadcast(values.Shape(node.Left), values.Shape(node.Output));
    private readonly int[]? _rightMap = IndexMap.Broadcast(values.Shape(node.Right), values.Shape(node.Output));

    public override void Run(IReferenceObserver? observer)
    {
        for (int i = 0; i < _output.Length; i++)
            _output[i] = Holds(_left[_leftMap?[i] ?? i], _right[_rightMap?[i] ?? i]) ? 1 : 0;
    }

    private bool Holds(float left, float right) => node.Comparison switch
    {
        Comparison.Equal => left == right,
        Comparison.Less => left < right,
        _ => left <= right,
    };
}
