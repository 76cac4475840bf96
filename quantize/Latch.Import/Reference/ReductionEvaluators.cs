using Latch.Import.Graph;

namespace Latch.Import.Reference;

/// <summary>Softmax along one axis or its logarithm, shifted by the maximum so that no exponential overflows.</summary>
internal sealed class SoftmaxEvaluator(SoftmaxNode node, IValueTable values) : NodeEvaluator
{
    private readonly float[] _input = values.Data(node.Input);
    private readonly float[] _output = values.Data(node.Output);
    private readonly int _length = values.Shape(node.Input)[node.Axis];
    private readonly int _inner = TensorShape.Count(values.Shape(node.Input).AsSpan(node.Axis + 1));

    public override void Run(IReferenceObserver? observer)
    {
        int lines = _output.Length / Math.Max(1, _length);
        for (int line = 0; line < lines; line++)
            Line((line / _inner * _inner * _length) + (line % _inner));
    }

    private void Line(int first)
    {
        float largest = float.NegativeInfinity;
        for (int k = 0; k < _length; k++)
            largest = MathF.Max(largest, _input[first + (k * _inner)]);
        double sum = 0;
        for (int k = 0; k < _length; k++)
            sum += Math.Exp((double)_input[first + (k * _inner)] - largest);
        double logarithm = Math.Log(sum);
        for (int k = 0; k < _length; k++)
        {
            double shifted = (double)_input[first + (k * _inner)] - largest;
            _output[first + (k * _inner)] = (float)(node.IsLog ? shifted - logarithm : Math.Exp(shifted) / sum);
        }
    }
}

/// <summary>Reductions, accumulated in double precision.</summary>
internal sealed class ReduceEvaluator : NodeEvaluator
{
    private readonly ReduceOperation _operation;
    private readonly float[] _input;
    private readonly float[] _output;
    private readonly int[] _target;
    private readonly double[] _sums;
    private readonly double[] _largest;

    public ReduceEvaluator(ReduceNode node, IValueTable values)
    {
        _operation = node.Operation;
        (_input, _output) = (values.Data(node.Input), values.Data(node.Output));
        int[] input = values.Shape(node.Input);
        int[] kept = [.. input.Select((length, axis) => node.Axes.Contains(axis) ? 1 : length)];
        _target = IndexMap.Broadcast(kept, input) ?? [.. Enumerable.Range(0, _input.Length)];
        _sums = new double[_output.Length];
        _largest = new double[_output.Length];
    }

    public override void Run(IReferenceObserver? observer)
    {
        Array.Fill(_sums, Start());
        if (_operation == ReduceOperation.LogSumExp)
            FindLargest();
        for (int i = 0; i < _input.Length; i++)
            _sums[_target[i]] = Accumulate(_sums[_target[i]], _input[i], _target[i]);
        double count = _output.Length == 0 ? 0 : (double)_input.Length / _output.Length;
        for (int i = 0; i < _output.Length; i++)
            _output[i] = (float)Finish(_sums[i], count, i);
    }

    private double Start() => _operation switch
    {
        ReduceOperation.Max => double.NegativeInfinity,
        ReduceOperation.Min => double.PositiveInfinity,
        ReduceOperation.Prod => 1,
        _ => 0,
    };

    private double Accumulate(double sum, double x, int target) => _operation switch
    {
        ReduceOperation.Max => Math.Max(sum, x),
        ReduceOperation.Min => Math.Min(sum, x),
        ReduceOperation.Prod => sum * x,
        ReduceOperation.L1 => sum + Math.Abs(x),
        ReduceOperation.L2 or ReduceOperation.SumSquare => sum + (x * x),
        ReduceOperation.LogSumExp => sum + Math.Exp(x - _largest[target]),
        _ => sum + x,
    };

    private double Finish(double sum, double count, int target) => _operation switch
    {
        ReduceOperation.Mean => sum / count,
        ReduceOperation.L2 => Math.Sqrt(sum),
        ReduceOperation.LogSum => Math.Log(sum),
        ReduceOperation.LogSumExp => Math.Log(sum) + _largest[target],
        _ => sum,
    };

    private void FindLargest()
    {
        Array.Fill(_largest, double.NegativeInfinity);
        for (int i = 0; i < _input.Length; i++)
            _largest[_target[i]] = Math.Max(_largest[_target[i]], _input[i]);
    }
}

/// <summary>Layer normalization, accumulated in double precision.</summary>
internal sealed class LayerNormEvaluator(LayerNormNode node, IValueTable values) : NodeEvaluator
{
    private readonly float[] _input = values.Data(node.Input);
    private readonly float[] _output = values.Data(node.Output);

    public override void Run(IReferenceObserver? observer)
    {
        int length = node.Scale.Count;
        for (int first = 0; first < _output.Length; first += length)
            Group(_input.AsSpan(first, length), _output.AsSpan(first, length));
    }

    private void Group(ReadOnlySpan<float> input, Span<float> output)
    {
        double sum = 0;
        foreach (float x in input)
            sum += x;
        double mean = sum / input.Length;
        double squares = 0;
        foreach (float x in input)
            squares += (x - mean) * (x - mean);
        double factor = 1 / Math.Sqrt((squares / input.Length) + node.Epsilon);
        for (int i = 0; i < input.Length; i++)
            output[i] = (float)(((input[i] - mean) * factor * node.Scale.Data[i]) + (node.Bias?.Data[i] ?? 0));
    }
}
