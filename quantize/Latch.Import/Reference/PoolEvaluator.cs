using Latch.Import.Graph;

namespace Latch.Import.Reference;

/// <summary>Pooling, each channel by itself; means are accumulated in double precision.</summary>
internal sealed class PoolEvaluator : NodeEvaluator
{
    private readonly PoolOperation _operation;
    private readonly float[] _input;
    private readonly float[] _output;
    private readonly WindowPlane _plane;
    private readonly int[] _positions;

    public PoolEvaluator(PoolNode node, IValueTable values)
    {
        _operation = node.Operation;
        (_input, _output) = (values.Data(node.Input), values.Data(node.Output));
        _plane = new WindowPlane(values.Shape(node.Input).AsSpan(2), values.Shape(node.Output).AsSpan(2), node.Kernel, node.Window);
        _positions = new int[_plane.Elements];
    }

    public override void Run(IReferenceObserver? observer)
    {
        for (int window = 0; window < _plane.Windows; window++)
        {
            _plane.Find(window, _positions);
            for (int channel = 0; channel < _input.Length / _plane.Size; channel++)
                _output[(channel * _plane.Windows) + window] = Pooled(_input.AsSpan(channel * _plane.Size, _plane.Size));
        }
    }

    private float Pooled(ReadOnlySpan<float> plane)
    {
        float largest = float.NegativeInfinity;
        double sum = 0;
        int count = 0;
        foreach (int position in _positions)
        {
            if (position < 0)
                continue;
            largest = MathF.Max(largest, plane[position]);
            sum += plane[position];
            count++;
        }
        return _operation switch
        {
            PoolOperation.Max => largest,
            PoolOperation.Average => (float)(sum / count),
            _ => (float)(sum / _positions.Length),
        };
    }
}
