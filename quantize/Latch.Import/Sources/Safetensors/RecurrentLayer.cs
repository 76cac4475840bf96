namespace Latch.Import.Sources.Safetensors;

/// <summary>LSTM, GRU and plain recurrent layers: one, or in PyTorch and Candle several stacked ones, forward or in both directions, from zero states.</summary>
internal sealed class RecurrentLayer
{
    private const int MostStacked = 64;

    private readonly LayerCall _call;
    private readonly RecurrentCell _cell;
    private readonly LayerTensors _tensors;
    private readonly int _stacked;
    private readonly bool _bidirectional;
    private readonly string? _backwardPrefix;
    private readonly bool _returnsState;
    private readonly bool _resetAfter;
    private readonly RecurrentWeights _weights;
    private readonly (string Name, object Value)[] _activations;

    private RecurrentLayer(LayerCall call, RecurrentCell cell)
    {
        (_call, _cell, _tensors) = (call, cell, call.ReadTensors());
        DescriptionObject members = call.Members;
        _stacked = members.Integer("layers", 1, 1, MostStacked);
        _bidirectional = members.Flag("bidirectional", missing: false);
        _backwardPrefix = members.TextOrNull("backward_prefix");
        _returnsState = members.ChoiceOrNull("returns", ["sequence", "state"]) == "state";
        _resetAfter = cell == RecurrentCell.Gru && members.Flag("reset_after", missing: true);
        bool hasBias = members.Flag("bias", missing: true);
        _activations = RecurrentActivations.Read(members, cell, Directions);
        call.Close();
        CheckFormat();
        _weights = new RecurrentWeights(call, cell, _tensors, hasBias);
    }

    private int Directions => _bidirectional ? 2 : 1;

    public static Flow Write(LayerCall call, RecurrentCell cell) => new RecurrentLayer(call, cell).Write();

    private Flow Write()
    {
        Flow flow = _call.Sequence();
        DirectionWeights[][] layers = new DirectionWeights[_stacked][];
        int inputs = flow.Features;
        for (int layer = 0; layer < _stacked; layer++)
        {
            layers[layer] = [.. Enumerable.Range(0, Directions).Select(direction => Read(inputs, layer, reverse: direction == 1))];
            if (layers[layer][^1].Units != layers[layer][0].Units)
                throw _call.Members.Fail("bidirectional", $"the directions have {layers[layer][0].Units} and {layers[layer][^1].Units} units, but need the same number", ImportErrorCode.ShapeMismatch);
            inputs = Directions * layers[layer][0].Units;
        }
        _tensors.Close();
        for (int layer = 0; layer < _stacked; layer++)
            flow = Layer(flow, layers[layer], _stacked == 1 ? "" : $"_l{layer}", isLast: layer == _stacked - 1);
        return flow;
    }

    private DirectionWeights Read(int inputs, int layer, bool reverse) => _call.IsKeras
        ? _weights.ReadKeras(inputs, twoBiases: _resetAfter, reverse ? _backwardPrefix : null)
        : _weights.ReadTorch(inputs, layer, reverse);

    private Flow Layer(Flow input, DirectionWeights[] directions, string suffix, bool isLast)
    {
        int units = directions[0].Units;
        int features = units * Directions;
        // A batch of 1: [1, steps, features] is [steps, 1, features] in another shape, as [steps, directions, 1, units] is [1, steps, directions * units].
        string steps = _call.Node("Reshape", $"steps{suffix}", [input.Name, _call.Graph.Integers($"{_call.Name}/steps_shape{suffix}", -1, 1, input.Features)]);
        string w = _call.Floats($"W{suffix}", [Directions, _cell.Gates * units, input.Features], [.. directions.SelectMany(weights => weights.Input)]);
        string r = _call.Floats($"R{suffix}", [Directions, _cell.Gates * units, units], [.. directions.SelectMany(weights => weights.Recurrent)]);
        string[] operands = [steps, w, r];
        if (directions[0].InputBias is not null)
            operands = [.. operands, _call.Floats($"B{suffix}", [Directions, 2 * _cell.Gates * units], [.. directions.SelectMany(weights => weights.InputBias!.Concat(weights.RecurrentBias!))])];
        List<(string, object)> attributes = [("hidden_size", (long)units), ("direction", _bidirectional ? "bidirectional" : "forward"), .. _activations];
        if (_cell == RecurrentCell.Gru)
            attributes.Add(("linear_before_reset", _resetAfter ? 1L : 0L));
        bool state = isLast && _returnsState;
        string result = _call.Graph.Node(_cell.Operator, $"{_call.Name}{suffix}", operands, [.. attributes], output: state ? 1 : 0);
        string shape = _call.Graph.Integers($"{_call.Name}/shape{suffix}", state ? [1, features] : [1, -1, features]);
        return new Flow(_call.Node("Reshape", $"output{suffix}", [result, shape]), state ? FlowKind.Vector : FlowKind.Sequence, features);
    }

    private void CheckFormat()
    {
        DescriptionObject members = _call.Members;
        if (_call.IsKeras)
        {
            if (_stacked > 1)
                throw members.Fail("layers", "Keras has no stacked layers; describe each as a layer of its own");
            if (_bidirectional != _backwardPrefix is not null)
                throw members.Fail("backward_prefix", _bidirectional ? "is missing: what the names of the backward layer's tensors begin with" : "belongs to a bidirectional layer");
            return;
        }
        if (_backwardPrefix is not null)
            throw members.Fail("backward_prefix", $"belongs to Keras; in {_call.Format} the tensors of the backward direction end in _reverse");
        if (_cell == RecurrentCell.Gru && !_resetAfter)
            throw members.Fail("reset_after", $"must be true or left out: a GRU in {_call.Format} resets after its product");
    }
}
