using Latch.Import.Graph;

namespace Latch.Import.Operators;

/// <summary>W, R, B and P of a recurrent operator, checked against each other and cut into directions.</summary>
internal sealed class RecurrentWeights
{
    private readonly OperatorCall _call;
    private readonly int _directions;
    private readonly int _rows;
    private readonly int _inputSize;
    private readonly FloatTensor _input;
    private readonly FloatTensor _recurrent;
    private readonly FloatTensor? _bias;
    private readonly FloatTensor? _peepholes;

    public RecurrentWeights(OperatorCall call, CellKind cell, RecurrentAttributes attributes, int inputSize)
    {
        _call = call;
        _directions = attributes.Directions.Length;
        _inputSize = inputSize;
        int gates = cell switch { CellKind.Lstm => 4, CellKind.Gru => 3, _ => 1 };
        _input = call.Weights(1, "W");
        _recurrent = call.Weights(2, "R");
        HiddenSize = _recurrent.Shape.Length == 3 ? _recurrent.Shape[2] : 0;
        if (HiddenSize == 0 || (attributes.HiddenSize is long declared && declared != HiddenSize))
        {
            throw call.Fail(
                ImportErrorCode.ShapeMismatch,
                $"shape {TensorShape.Text(_recurrent.Shape)} does not fit hidden_size {attributes.HiddenSize?.ToString() ?? "(not given)"}",
                "R");
        }
        _rows = gates * HiddenSize;
        Check(_input, "W", [_directions, _rows, inputSize]);
        Check(_recurrent, "R", [_directions, _rows, HiddenSize]);
        _bias = Check(call.OptionalWeights(3, "B"), "B", [_directions, 2 * _rows]);
        _peepholes = cell == CellKind.Lstm
            ? Check(call.OptionalWeights(7, "P"), "P", [_directions, 3 * HiddenSize])
            : null;
    }

    public int HiddenSize { get; }

    public FloatTensor Input(int direction) => Part(_input, direction * _rows * _inputSize, [_rows, _inputSize]);

    public FloatTensor Recurrent(int direction) => Part(_recurrent, direction * _rows * HiddenSize, [_rows, HiddenSize]);

    public FloatTensor InputBias(int direction) => Bias(direction * 2 * _rows);

    public FloatTensor RecurrentBias(int direction) => Bias((direction * 2 * _rows) + _rows);

    public FloatTensor? Peepholes(int direction) =>
        _peepholes is null ? null : Part(_peepholes, direction * 3 * HiddenSize, [3 * HiddenSize]);

    private FloatTensor Bias(int start) =>
        _bias is null ? new FloatTensor([_rows], new float[_rows]) : Part(_bias, start, [_rows]);

    private static FloatTensor Part(FloatTensor tensor, int start, int[] shape) =>
        new(shape, tensor.Data[start..(start + TensorShape.Count(shape))]);

    private FloatTensor? Check(FloatTensor? tensor, string role, int[] expected)
    {
        if (tensor is null || tensor.Shape.AsSpan().SequenceEqual(expected))
            return tensor;
        throw _call.Fail(
            ImportErrorCode.ShapeMismatch,
            $"needs shape {TensorShape.Text(expected)}, has {TensorShape.Text(tensor.Shape)}",
            role);
    }
}
