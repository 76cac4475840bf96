using Latch.Import.Tests.Support;
using DataType = Latch.Import.Onnx.TensorProto.Types.DataType;

namespace Latch.Import.Tests.RandomModels;

/// <summary>
/// Writes the model of a <see cref="RecurrentSpec"/>, either as it is or in the equivalent form that ONNX Runtime can run:
/// it refuses layout 1, so that form computes in layout 0 between transposes.
/// </summary>
internal sealed class RecurrentModelWriter
{
    private readonly RecurrentSpec _spec;
    private readonly OnnxWriter _writer;
    private readonly Random _random;
    private readonly bool _native;

    private RecurrentModelWriter(RecurrentSpec spec, bool forOracle)
    {
        _spec = spec;
        _writer = new OnnxWriter(spec.Opset);
        _random = new Random(spec.Seed + 1_000_000);
        _native = spec.BatchFirst && !forOracle;
    }

    public static byte[] Write(RecurrentSpec spec, bool forOracle)
    {
        RecurrentModelWriter writer = new(spec, forOracle);
        writer.WriteLayers();
        return writer._writer.ToBytes();
    }

    private void WriteLayers()
    {
        object?[] axes = _spec.Open switch
        {
            OpenForm.Fixed => [_spec.Steps, 1],
            OpenForm.Named => ["time", "batch"],
            _ => [null, null],
        };
        object?[] shape = _spec.BatchFirst ? [axes[1], axes[0], _spec.Inputs] : [axes[0], axes[1], _spec.Inputs];
        string x = _writer.Input("x", shape);
        x = Transposed(x, 1, 0, 2);
        int inputs = _spec.Inputs;
        for (int i = 0; i < _spec.Layers.Length; i++)
        {
            LayerSpec layer = _spec.Layers[i];
            string[] outputs = WriteLayer(i, layer, x, inputs);
            for (int output = 0; output < outputs.Length; output++)
            {
                if (outputs[output].Length > 0)
                    WriteOutput(outputs[output], $"{"YHC"[output]}{i}", isSequence: output == 0);
            }
            inputs = layer.Directions * layer.Units;
            x = i + 1 < _spec.Layers.Length ? Joined(outputs[0]) : x;
        }
    }

    private string[] WriteLayer(int index, LayerSpec layer, string x, int inputs)
    {
        int rows = layer.Gates * layer.Units;
        float magnitude = 1f / MathF.Sqrt(layer.Units + inputs);
        List<string> values =
        [
            x,
            _writer.Floats(_random, magnitude, layer.Directions, rows, inputs),
            _writer.Floats(_random, magnitude, layer.Directions, rows, layer.Units),
            layer.Bias ? _writer.Floats(_random, 0.5f, layer.Directions, 2 * rows) : "",
            layer.SequenceLengths && _spec.Open == OpenForm.Fixed ? _writer.Integers([1], [_spec.Steps], DataType.Int32) : "",
            State(layer, layer.InitialH, $"h{index}"),
        ];
        if (layer.Operator == "LSTM")
        {
            values.Add(State(layer, layer.InitialC, $"c{index}"));
            values.Add(layer.Peepholes ? _writer.Floats(_random, 0.5f, layer.Directions, 3 * layer.Units) : "");
        }
        while (values[^1].Length == 0)
            values.RemoveAt(values.Count - 1);
        string[] outputs = [.. layer.Outputs.Select(present => present ? _writer.NewName("out") : "")];
        return _writer.Node(layer.Operator, [.. values], outputs, [.. Attributes(layer)]);
    }

    private IEnumerable<(string Name, object Value)> Attributes(LayerSpec layer)
    {
        yield return ("hidden_size", layer.Units);
        if (layer.Direction != "forward" || _random.Next(2) == 0)
            yield return ("direction", layer.Direction);
        if (layer.Activations is not null)
            yield return ("activations", layer.Activations);
        if (layer.Alphas is { Length: > 0 })
            yield return ("activation_alpha", layer.Alphas);
        if (layer.Betas is { Length: > 0 })
            yield return ("activation_beta", layer.Betas);
        if (layer.Clip is float clip)
            yield return ("clip", clip);
        if (layer.InputForget)
            yield return ("input_forget", 1);
        if (layer.LinearBeforeReset)
            yield return ("linear_before_reset", 1);
        if (_native)
            yield return ("layout", 1);
    }

    private string State(LayerSpec layer, StateForm form, string name)
    {
        int[] native = _native ? [1, layer.Directions, layer.Units] : [layer.Directions, 1, layer.Units];
        switch (form)
        {
            case StateForm.Absent:
                return "";
            case StateForm.Zero:
                return _writer.Floats(native, new float[layer.Directions * layer.Units]);
            case StateForm.Constant:
                return _writer.Floats(_random, 0.8f, native);
            default:
                object batch = _spec.Open == OpenForm.Named ? "batch" : 1;
                _writer.Input(name, _spec.BatchFirst ? [batch, layer.Directions, layer.Units] : [layer.Directions, batch, layer.Units]);
                return Transposed(name, 1, 0, 2);
        }
    }

    private void WriteOutput(string value, string name, bool isSequence)
    {
        string transposed = isSequence ? Transposed(value, 2, 0, 1, 3) : Transposed(value, 1, 0, 2);
        _writer.Node("Identity", [transposed], [name]);
        _writer.Output(name);
    }

    /// <summary>Y as the next layer's X: the directions side by side.</summary>
    private string Joined(string y)
    {
        string shape = _writer.Integers(0, 0, -1);
        if (!_native)
            y = _writer.Node("Transpose", [y], ("perm", new long[] { 0, 2, 1, 3 }));
        return _writer.Node("Reshape", [y, shape]);
    }

    /// <summary>In the oracle's form of a model in layout 1: between the model's layout and layout 0.</summary>
    private string Transposed(string value, params long[] permutation) =>
        _spec.BatchFirst && !_native ? _writer.Node("Transpose", [value], ("perm", permutation)) : value;
}
