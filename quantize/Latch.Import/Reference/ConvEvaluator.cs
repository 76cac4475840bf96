using Latch.Import.Graph;

namespace Latch.Import.Reference;

/// <summary>Convolution: the elements that a window sees are gathered and multiplied with one row of weights per output channel.</summary>
internal sealed class ConvEvaluator : NodeEvaluator
{
    private readonly ConvNode _node;
    private readonly float[] _input;
    private readonly float[] _output;
    private readonly WindowPlane _plane;
    private readonly int _batch;
    private readonly int _inputs;
    private readonly int _outputs;
    private readonly int[] _positions;
    private readonly float[] _seen;
    private readonly float[] _sums;

    public ConvEvaluator(ConvNode node, IValueTable values)
    {
        _node = node;
        (_input, _output) = (values.Data(node.Input), values.Data(node.Output));
        int[] input = values.Shape(node.Input);
        _plane = new WindowPlane(input.AsSpan(2), values.Shape(node.Output).AsSpan(2), node.Weights.Shape.AsSpan(2), node.Window);
        (_batch, _inputs, _outputs) = (input[0], node.Weights.Shape[1], node.Weights.Shape[0] / node.Groups);
        _positions = new int[_plane.Elements];
        _seen = new float[_inputs * _plane.Elements];
        _sums = new float[_outputs];
    }

    public override void Run(IReferenceObserver? observer)
    {
        for (int window = 0; window < _plane.Windows; window++)
        {
            _plane.Find(window, _positions);
            for (int group = 0; group < _batch * _node.Groups; group++)
                Group(group, window, observer);
        }
    }

    private void Group(int group, int window, IReferenceObserver? observer)
    {
        int at = 0;
        for (int channel = 0; channel < _inputs; channel++)
        {
            ReadOnlySpan<float> plane = _input.AsSpan(((group * _inputs) + channel) * _plane.Size, _plane.Size);
            foreach (int position in _positions)
                _seen[at++] = position < 0 ? 0 : plane[position];
        }
        if (_node.Groups == 1)
            observer?.OnWindow(_node, _seen);
        int first = group % _node.Groups * _outputs;
        ReadOnlySpan<float> bias = _node.Bias is null ? [] : _node.Bias.Data.AsSpan(first, _outputs);
        DotProduct.Rows(_node.Weights.Data.AsSpan(first * _seen.Length, _outputs * _seen.Length), _seen, bias, _sums);
        for (int channel = 0; channel < _outputs; channel++)
            _output[(((group * _outputs) + channel) * _plane.Windows) + window] = _sums[channel];
    }
}
