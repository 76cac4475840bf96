using Latch.Import.Folding;
using Latch.Import.Graph;

namespace Latch.Import.Operators;

/// <summary>LSTM, GRU and RNN: one <see cref="RecurrentNode"/> per direction between reshapes from and to ONNX's layout.</summary>
internal sealed class RecurrentOperators
{
    private readonly OperatorCall _call;
    private readonly CellKind _cell;
    private readonly RecurrentAttributes _attributes;
    private readonly RecurrentWeights _weights;
    private readonly int _steps;
    private readonly GraphValue _input;

    private RecurrentOperators(OperatorCall call, CellKind cell)
    {
        _call = call;
        _cell = cell;
        _attributes = new RecurrentAttributes(call, cell);
        GraphValue x = call.Floats(0);
        if (x.Shape.Length != 3)
            throw call.Fail(ImportErrorCode.ShapeMismatch, $"needs three axes, has shape {TensorShape.Text(x.Shape)}", "X");
        _steps = x.Shape[_attributes.BatchFirst ? 1 : 0];
        int batch = x.Shape[_attributes.BatchFirst ? 0 : 1];
        if (batch != 1)
            throw call.Fail(ImportErrorCode.UnresolvedShape, $"the batch is {batch}; only a batch of 1 is supported", "X");
        CheckSequenceLengths();
        _weights = new RecurrentWeights(call, cell, _attributes, inputSize: x.Shape[2]);
        _input = call.Reshaped(x, [_steps, x.Shape[2]], "X");
    }

    private int Units => _weights.HiddenSize;

    private int DirectionCount => _attributes.Directions.Length;

    public static void Lstm(OperatorCall call) => new RecurrentOperators(call, CellKind.Lstm).Lower();

    public static void Gru(OperatorCall call) => new RecurrentOperators(call, CellKind.Gru).Lower();

    public static void Rnn(OperatorCall call) => new RecurrentOperators(call, CellKind.Rnn).Lower();

    private void Lower()
    {
        bool linearBeforeReset = _cell == CellKind.Gru && _call.Attribute("linear_before_reset", 0L) != 0;
        bool inputForget = _cell == CellKind.Lstm && _call.Attribute("input_forget", 0L) != 0;
        List<RecurrentNode> nodes = [];
        for (int direction = 0; direction < DirectionCount; direction++)
        {
            RecurrentNode node = Direction(direction) with { LinearBeforeReset = linearBeforeReset, InputForget = inputForget };
            Emit(node);
            nodes.Add(node);
        }
        WriteOutputs(nodes);
    }

    private RecurrentNode Direction(int direction) => new(NodeName(direction))
    {
        Cell = _cell,
        Reverse = _attributes.Directions[direction],
        Steps = _steps,
        InputSize = _input.Shape[1],
        HiddenSize = Units,
        X = _input.Name,
        InitialH = InitialState(5, direction, "initial_h"),
        InitialC = _cell == CellKind.Lstm ? InitialState(6, direction, "initial_c") : null,
        Y = Part(0, direction, "Y"),
        FinalH = Part(1, direction, "Y_h"),
        FinalC = _cell == CellKind.Lstm ? Part(2, direction, "Y_c") : null,
        InputWeights = _weights.Input(direction),
        RecurrentWeights = _weights.Recurrent(direction),
        InputBias = _weights.InputBias(direction),
        RecurrentBias = _weights.RecurrentBias(direction),
        Peepholes = _weights.Peepholes(direction),
        Activations = _attributes.Activations[direction],
        Clip = _attributes.Clip,
    };

    private void Emit(RecurrentNode node)
    {
        List<int[]> shapes = [];
        if (node.Y is not null)
            shapes.Add([_steps, Units]);
        if (node.FinalH is not null)
            shapes.Add([Units]);
        if (node.FinalC is not null)
            shapes.Add([Units]);
        _call.Emit(node, shapes);
    }

    private void WriteOutputs(List<RecurrentNode> nodes)
    {
        int[] sequence = _attributes.BatchFirst ? [1, _steps, DirectionCount, Units] : [_steps, DirectionCount, 1, Units];
        int[] state = _attributes.BatchFirst ? [1, DirectionCount, Units] : [DirectionCount, 1, Units];
        Write(0, "Y", [.. nodes.Select(n => n.Y)], axis: 1, [_steps, DirectionCount * Units], sequence);
        Write(1, "Y_h", [.. nodes.Select(n => n.FinalH)], axis: 0, [DirectionCount * Units], state);
        Write(2, "Y_c", [.. nodes.Select(n => n.FinalC)], axis: 0, [DirectionCount * Units], state);
    }

    private void Write(int output, string role, string?[] parts, int axis, int[] joinedShape, int[] shape)
    {
        if (parts[0] is not { } joined || _call.OptionalOutput(output) is not { } name)
            return;
        if (parts.Length > 1)
        {
            ConcatNode concat = new($"{_call.Name}/{role}", [.. parts.OfType<string>()], _call.Inner(role), axis);
            joined = _call.Emit(concat, joinedShape).Name;
        }
        string suffix = parts.Length > 1 ? $"{role}/layout" : role;
        _call.Emit(new ReshapeNode($"{_call.Name}/{suffix}", joined, name), shape);
    }

    private string NodeName(int direction) => DirectionCount == 1
        ? _call.Name
        : $"{_call.Name}/{(_attributes.Directions[direction] ? "reverse" : "forward")}";

    private string Suffix(int direction, string role) => DirectionCount == 1
        ? role
        : $"{(_attributes.Directions[direction] ? "reverse" : "forward")}/{role}";

    private string? Part(int output, int direction, string role) =>
        _call.OptionalOutput(output) is null ? null : _call.Inner(Suffix(direction, role));

    /// <summary>The part of an initial state that belongs to a direction, or null when it is absent or zero.</summary>
    private string? InitialState(int index, int direction, string role)
    {
        if (_call.Optional(index) is null)
            return null;
        GraphValue state = _call.Floats(index);
        int[] expected = _attributes.BatchFirst ? [1, DirectionCount, Units] : [DirectionCount, 1, Units];
        if (!state.Shape.AsSpan().SequenceEqual(expected))
        {
            throw _call.Fail(
                ImportErrorCode.ShapeMismatch,
                $"needs shape {TensorShape.Text(expected)}, has {TensorShape.Text(state.Shape)}",
                role);
        }
        string suffix = Suffix(direction, role);
        if (DirectionCount > 1)
        {
            int[] starts = _attributes.BatchFirst ? [0, direction, 0] : [direction, 0, 0];
            SliceNode slice = new($"{_call.Name}/{suffix}/part", state.Name, _call.Inner($"{suffix}/part"), starts, [1, 1, 1]);
            state = _call.Emit(slice, 1, 1, Units);
        }
        state = _call.Reshaped(state, [Units], suffix);
        return state.Float is { } constant && constant.Data.All(x => x == 0) ? null : state.Name;
    }

    private void CheckSequenceLengths()
    {
        IntegerTensor? lengths = _call.OptionalIntegers(4, "sequence_lens");
        if (lengths is not null && lengths.Data.Any(length => length != _steps))
        {
            throw _call.Fail(
                ImportErrorCode.UnsupportedForm,
                $"only lengths equal to the number of steps ({_steps}) are supported; export the model without them",
                "sequence_lens");
        }
    }
}
