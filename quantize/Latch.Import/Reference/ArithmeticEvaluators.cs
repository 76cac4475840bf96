using Latch.Import.Graph;

namespace Latch.Import.Reference;

/// <summary>Dense layers, row by row.</summary>
internal sealed class DenseEvaluator(DenseNode node, IValueTable values) : NodeEvaluator
{
    private readonly float[] _input = values.Data(node.Input);
    private readonly float[] _output = values.Data(node.Output);

    public override void Run(IReferenceObserver? observer)
    {
        int inputs = node.Weights.Shape[1];
        int outputs = node.Weights.Shape[0];
        ReadOnlySpan<float> bias = node.Bias is null ? [] : node.Bias.Data;
        for (int row = 0; row < _output.Length / outputs; row++)
        {
            DotProduct.Rows(
                node.Weights.Data, _input.AsSpan(row * inputs, inputs), bias, _output.AsSpan(row * outputs, outputs));
        }
    }
}

/// <summary>Matrix products of computed values, accumulated in double precision.</summary>
internal sealed class MatMulEvaluator : NodeEvaluator
{
    private readonly float[] _left;
    private readonly float[] _right;
    private readonly float[] _output;
    private readonly int[] _leftStarts;
    private readonly int[] _rightStarts;
    private readonly int _rows;
    private readonly int _inner;
    private readonly int _columns;

    public MatMulEvaluator(MatMulNode node, IValueTable values)
    {
        (_left, _right, _output) = (values.Data(node.Left), values.Data(node.Right), values.Data(node.Output));
        int[] left = values.Shape(node.Left);
        int[] right = values.Shape(node.Right);
        left = left.Length == 1 ? [1, left[0]] : left;
        right = right.Length == 1 ? [right[0], 1] : right;
        (_rows, _inner, _columns) = (left[^2], left[^1], right[^1]);
        int[] batch = TensorShape.Broadcast(left.AsSpan(0, left.Length - 2), right.AsSpan(0, right.Length - 2))!;
        _leftStarts = Starts(left[..^2], batch, _rows * _inner);
        _rightStarts = Starts(right[..^2], batch, _inner * _columns);
    }

    public override void Run(IReferenceObserver? observer)
    {
        int at = 0;
        for (int batch = 0; batch < _leftStarts.Length; batch++)
        {
            for (int row = 0; row < _rows; row++)
            {
                for (int column = 0; column < _columns; column++)
                    _output[at++] = Element(_leftStarts[batch] + (row * _inner), _rightStarts[batch] + column);
            }
        }
    }

    private static int[] Starts(int[] own, int[] batch, int size)
    {
        int[]? map = IndexMap.Broadcast(own, batch);
        int[] starts = new int[TensorShape.Count(batch)];
        for (int i = 0; i < starts.Length; i++)
            starts[i] = (map is null ? i : map[i]) * size;
        return starts;
    }

    private float Element(int left, int right)
    {
        double sum = 0;
        for (int k = 0; k < _inner; k++)
            sum += (double)_left[left + k] * _right[right + (k * _columns)];
        return (float)sum;
    }
}

/// <summary>Element-wise operations of two broadcast operands.</summary>
internal sealed class BinaryEvaluator(BinaryNode node, IValueTable values) : NodeEvaluator
{
    private readonly float[] _left = values.Data(node.Left);
    private readonly float[] _right = values.Data(node.Right);
    private readonly float[] _output = values.Data(node.Output);
    private readonly int[]? _leftMap = IndexMap.Broadcast(values.Shape(node.Left), values.Shape(node.Output));
    private readonly int[]? _rightMap = IndexMap.Broadcast(values.Shape(node.Right), values.Shape(node.Output));
    private readonly Func<float, float, float> _function = Function(node.Operation);

    public override void Run(IReferenceObserver? observer)
    {
        for (int i = 0; i < _output.Length; i++)
            _output[i] = _function(_left[_leftMap?[i] ?? i], _right[_rightMap?[i] ?? i]);
    }

    private static Func<float, float, float> Function(BinaryOperation operation) => operation switch
    {
        BinaryOperation.Add => static (a, b) => a + b,
        BinaryOperation.Sub => static (a, b) => a - b,
        BinaryOperation.Mul => static (a, b) => a * b,
        BinaryOperation.Div => static (a, b) => a / b,
        BinaryOperation.Pow => static (a, b) => (float)Math.Pow(a, b),
        BinaryOperation.Max => MathF.Max,
        BinaryOperation.Min => MathF.Min,
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "unknown operation"),
    };
}

/// <summary>Scale and shift per channel.</summary>
internal sealed class AffineEvaluator(AffineNode node, IValueTable values) : NodeEvaluator
{
    private readonly float[] _input = values.Data(node.Input);
    private readonly float[] _output = values.Data(node.Output);
    private readonly int _inner = TensorShape.Count(values.Shape(node.Input).AsSpan(node.Axis + 1));

    public override void Run(IReferenceObserver? observer)
    {
        for (int i = 0; i < _output.Length; i++)
        {
            int channel = i / _inner % node.Scale.Count;
            _output[i] = (_input[i] * node.Scale.Data[channel]) + node.Shift.Data[channel];
        }
    }
}

/// <summary>Element-wise functions.</summary>
internal sealed class ActivationEvaluator : NodeEvaluator
{
    private readonly float[] _input;
    private readonly float[] _output;
    private readonly Func<float, float>? _function;
    private readonly float[] _slopes = [];

    public ActivationEvaluator(ActivationNode node, IValueTable values)
    {
        (_input, _output) = (values.Data(node.Input), values.Data(node.Output));
        if (node.Slope is not { } slope)
        {
            _function = ActivationFunction.Of(node.Kind, node.Alpha, node.Beta);
            return;
        }
        _slopes = new float[_input.Length];
        IndexMap.Apply<float>(IndexMap.Broadcast(slope.Shape, values.Shape(node.Input)), slope.Data, _slopes);
    }

    public override void Run(IReferenceObserver? observer)
    {
        for (int i = 0; i < _output.Length; i++)
            _output[i] = _function is null ? Sloped(_input[i], _slopes[i]) : _function(_input[i]);
    }

    private static float Sloped(float x, float slope) => x >= 0 ? x : slope * x;
}
