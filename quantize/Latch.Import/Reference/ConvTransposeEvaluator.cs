using Latch.Import.Graph;

namespace Latch.Import.Reference;

/// <summary>Transposed convolution: each input element adds to the output elements that its window sees. Accumulated in double precision.</summary>
internal sealed class ConvTransposeEvaluator : NodeEvaluator
{
    private readonly ConvTransposeNode _node;
    private readonly float[] _input;
    private readonly float[] _output;
    private readonly WindowPlane _plane;
    private readonly int _inputs;
    private readonly int _outputs;
    private readonly int[] _positions;
    private readonly double[] _sums;

    public ConvTransposeEvaluator(ConvTransposeNode node, IValueTable values)
    {
        _node = node;
        (_input, _output) = (values.Data(node.Input), values.Data(node.Output));
        _plane = new WindowPlane(values.Shape(node.Output).AsSpan(2), values.Shape(node.Input).AsSpan(2), node.Weights.Shape.AsSpan(2), node.Window);
        (_inputs, _outputs) = (node.Weights.Shape[0] / node.Groups, node.Weights.Shape[1]);
        _positions = new int[_plane.Elements];
        _sums = new double[_output.Length];
    }

    public override void Run(IReferenceObserver? observer)
    {
        int channels = _outputs * _node.Groups;
        for (int i = 0; i < _sums.Length; i++)
            _sums[i] = _node.Bias?.Data[i / _plane.Size % channels] ?? 0;
        int planes = _input.Length / _plane.Windows;
        for (int window = 0; window < _plane.Windows; window++)
        {
            _plane.Find(window, _positions);
            for (int channel = 0; channel < planes; channel++)
                Add(channel, _input[(channel * _plane.Windows) + window]);
        }
        for (int i = 0; i < _sums.Length; i++)
            _output[i] = (float)_sums[i];
    }

    private void Add(int channel, float x)
    {
        int weight = channel % (_inputs * _node.Groups) * _outputs * _positions.Length;
        int plane = channel / _inputs * _outputs * _plane.Size;
        for (int output = 0; output < _outputs; output++, plane += _plane.Size)
        {
            foreach (int position in _positions)
            {
                double product = (double)x * _node.Weights.Data[weight++];
                if (position >= 0)
                    _sums[plane + position] += product;
            }
        }
    }
}
