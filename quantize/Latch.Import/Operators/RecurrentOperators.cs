using Latch.Import.Folding;
using Latch.Import.Graph;

namespace Latch.Import.Operators;

/// <summary>
/// LSTM, GRU and RNN: one <see cref="RecurrentNode"/> per direction, and per row of a batch where the graph makes one of other axes, between reshapes from and
/// to ONNX's layout.
/// </summary>
internal sealed class RecurrentOperators
{
    private readonly OperatorCall _call;
    private readonly CellKind _cell;
    private readonly RecurrentAttributes _attributes;
    private readonly RecurrentWeights _weights;
    private readonly int _steps;
    private readonly int _batch;
    private readonly GraphValue[] _inputs;

    private RecurrentOperators(OperatorCall call, CellKind cell)
    {
        _call = call;
        _cell = cell;
        _attributes = new RecurrentAttributes(call, cell);
        GraphValue x = call.Floats(0);
        if (x.Shape.Length != 3)
            throw call.Fail(ImportErrorCode.ShapeMismatch, $"needs three axes, has shape {TensorShape.Text(x.Shape)}", "X");
        _steps = x.Shape[_attributes.BatchFirst ? 1 : 0];
        _batch = x.Shape[_attributes.BatchFirst ? 0 : 1];
        if (!call.Builder.Batch.Allows(_batch))
            throw call.Fail(ImportErrorCode.UnresolvedShape, $"the batch is {_batch}; only a batch of 1 is supported, or one of up to {BatchRule.MostRows} that the graph makes of other axes", "X");
        CheckSequenceLengths();
        _weights = new RecurrentWeights(call, cell, _attributes, inputSize: x.Shape[2]);
        _inputs = [.. Enumerable.Range(0, _batch).Select(row => Row(x, row))];
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
            RecurrentNode shared = Direction(direction) with { LinearBeforeReset = linearBeforeReset, InputForget = inputForget };
            for (int row = 0; row < _batch; row++)
            {
                RecurrentNode node = At(shared, direction, row);
                Emit(node);
                nodes.Add(node);
            }
        }
        WriteOutputs(nodes);
    }

    /// <summary>The input of one row of the batch.</summary>
    private GraphValue Row(GraphValue x, int row)
    {
        string suffix = _batch == 1 ? "X" : $"X/{row}";
        if (_batch > 1)
        {
            int[] starts = _attributes.BatchFirst ? [row, 0, 0] : [0, row, 0];
            int[] part = _attributes.BatchFirst ? [1, _steps, x.Shape[2]] : [_steps, 1, x.Shape[2]];
            x = _call.Emit(new SliceNode($"{_call.Name}/{suffix}/part", x.Name, _call.Inner($"{suffix}/part"), starts, [1, 1, 1]), part);
        }
        return _call.Reshaped(x, [_steps, x.Shape[2]], suffix);
    }

    /// <summary>The node of a direction for one row of the batch.</summary>
    private RecurrentNode At(RecurrentNode shared, int direction, int row) => shared with
    {
        Name = _batch == 1 ? shared.Name : $"{shared.Name}/{row}",
        X = _inputs[row].Name,
        InitialH = InitialState(5, direction, row, "initial_h"),
        InitialC = _cell == CellKind.Lstm ? InitialState(6, direction, row, "initial_c") : null,
        Y = Part(0, direction, row, "Y"),
        FinalH = Part(1, direction, row, "Y_h"),
        FinalC = _cell == CellKind.Lstm ? Part(2, direction, row, "Y_c") : null,
    };

    private RecurrentNode Direction(int direction) => new(NodeName(direction))
    {
        Cell = _cell,
        Reverse = _attributes.Directions[direction],
        Steps = _steps,
        InputSize = _inputs[0].Shape[1],
        HiddenSize = Units,
        X = _inputs[0].Name,
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
        bool batchFirst = _attributes.BatchFirst;
        if (batchFirst)
            nodes = [.. nodes.Select((node, i) => (node, i)).OrderBy(pair => pair.i % _batch).Select(pair => pair.node)];
        int[] sequence = batchFirst ? [_batch, _steps, DirectionCount, Units] : [_steps, DirectionCount, _batch, Units];
        int[] state = batchFirst ? [_batch, DirectionCount, Units] : [DirectionCount, _batch, Units];
        if (batchFirst && _batch > 1)
            WriteRows(nodes, sequence);
        else
            Write(0, "Y", [.. nodes.Select(n => n.Y)], axis: 1, [_steps, nodes.Count * Units], sequence);
        Write(1, "Y_h", [.. nodes.Select(n => n.FinalH)], axis: 0, [nodes.Count * Units], state);
        Write(2, "Y_c", [.. nodes.Select(n => n.FinalC)], axis: 0, [nodes.Count * Units], state);
    }

    /// <summary>The sequences of a batch that is the first axis: the directions of a row beside each other, the rows one after the other.</summary>
    private void WriteRows(List<RecurrentNode> nodes, int[] shape)
    {
        string?[] rows = [.. nodes.Select(n => n.Y)];
        if (rows[0] is null)
            return;
        if (DirectionCount > 1)
        {
            rows = [.. nodes.Chunk(DirectionCount).Select((pair, row) => _call.Emit(
                new ConcatNode($"{_call.Name}/Y/{row}", [.. pair.Select(n => n.Y!)], _call.Inner($"Y/{row}"), 1), _steps, DirectionCount * Units).Name)];
        }
        Write(0, "Y", rows, axis: 0, [_batch * _steps, DirectionCount * Units], shape);
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

    private string Suffix(int direction, int row, string role)
    {
        string part = _batch == 1 ? role : $"{row}/{role}";
        return DirectionCount == 1 ? part : $"{(_attributes.Directions[direction] ? "reverse" : "forward")}/{part}";
    }

    private string? Part(int output, int direction, int row, string role) =>
        _call.OptionalOutput(output) is null ? null : _call.Inner(Suffix(direction, row, role));

    /// <summary>The part of an initial state that belongs to a direction and a row of the batch, or null when it is absent or zero.</summary>
    private string? InitialState(int index, int direction, int row, string role)
    {
        if (_call.Optional(index) is null)
            return null;
        GraphValue state = _call.Floats(index);
        int[] expected = _attributes.BatchFirst ? [_batch, DirectionCount, Units] : [DirectionCount, _batch, Units];
        int fileBatch = _call.Builder.Batch.Fixed;
        bool repeated = fileBatch > 1 && IsSameForEachRow(state, fileBatch);
        if (!state.Shape.AsSpan().SequenceEqual(expected) && !repeated)
        {
            throw _call.Fail(
                ImportErrorCode.ShapeMismatch,
                $"needs shape {TensorShape.Text(expected)}, has {TensorShape.Text(state.Shape)}",
                role);
        }
        string suffix = Suffix(direction, row, role);
        if (DirectionCount > 1 || _batch > 1 || repeated)
        {
            int[] starts = _attributes.BatchFirst ? [row, direction, 0] : [direction, row, 0];
            SliceNode slice = new($"{_call.Name}/{suffix}/part", state.Name, _call.Inner($"{suffix}/part"), starts, [1, 1, 1]);
            state = _call.Emit(slice, 1, 1, Units);
        }
        state = _call.Reshaped(state, [Units], suffix);
        return state.Float is { } constant && constant.Data.All(x => x == 0) ? null : state.Name;
    }

    /// <summary>Whether a constant state has the batch that the file fixes, and one row like the other.</summary>
    private bool IsSameForEachRow(GraphValue state, int batch)
    {
        int[] shape = _attributes.BatchFirst ? [batch, DirectionCount, Units] : [DirectionCount, batch, Units];
        if (state.Float is not { } constant || !state.Shape.AsSpan().SequenceEqual(shape))
            return false;
        int block = _attributes.BatchFirst ? DirectionCount * Units : Units;
        return Enumerable.Range(0, constant.Count).All(i =>
        {
            int first = _attributes.BatchFirst ? i % block : (i / (batch * block) * batch * block) + (i % block);
            return constant.Data[i] == constant.Data[first];
        });
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
