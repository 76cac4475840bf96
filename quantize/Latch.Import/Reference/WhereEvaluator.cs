using Latch.Import.Graph;

namespace Latch.Import.Reference;

/// <summary>Elements of one value or another, as a condition says.</summary>
internal sealed class WhereEvaluator(WhereNode node, IValueTable values) : NodeEvaluator
{
    private readonly float[] _condition = values.Data(node.Condition);
    private readonly float[] _whenTrue = values.Data(node.WhenTrue);
    private readonly float[] _whenFalse = values.Data(node.WhenFalse);
    private readonly float[] _output = values.Data(node.Output);
    private readonly int[]? _conditionMap = IndexMap.Broadcast(values.Shape(node.Condition), values.Shape(node.Output));
    private readonly int[]? _trueMap = IndexMap.Broadcast(values.Shape(node.WhenTrue), values.Shape(node.Output));
    private readonly int[]? _falseMap = IndexMap.Broadcast(values.Shape(node.WhenFalse), values.Shape(node.Output));

    public override void Run(IReferenceObserver? observer)
    {
        for (int i = 0; i < _output.Length; i++)
            _output[i] = _condition[_conditionMap?[i] ?? i] != 0 ? _whenTrue[_trueMap?[i] ?? i] : _whenFalse[_falseMap?[i] ?? i];
    }
}
