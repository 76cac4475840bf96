using Latch.Import.Graph;

namespace Latch.Import.Reference;

/// <summary>The position of the largest or smallest element along one axis, the first of several.</summary>
internal sealed class ArgMaxEvaluator(ArgMaxNode node, IValueTable values) : NodeEvaluator
{
    private readonly float[] _input = values.Data(node.Input);
    private readonly float[] _output = values.Data(node.Output);
    private readonly int _length = values.Shape(node.Input)[node.Axis];
    private readonly int _inner = TensorShape.Count(values.Shape(node.Input).AsSpan(node.Axis + 1));

    public override void Run(IReferenceObserver? observer)
    {
        for (int line = 0; line < _output.Length; line++)
            _output[line] = Position((line / _inner * _inner * _length) + (line % _inner));
    }

    private int Position(int first)
    {
        int best = 0;
        for (int k = 1; k < _length; k++)
        {
            (float next, float known) = (_input[first + (k * _inner)], _input[first + (best * _inner)]);
            if (node.Smallest ? next < known : next > known)
                best = k;
        }
        return best;
    }
}
