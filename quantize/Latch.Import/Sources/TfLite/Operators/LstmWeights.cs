using Latch.Import.Graph;

namespace Latch.Import.Sources.TfLite.Operators;

/// <summary>
/// The weights of one direction of an LSTM, stacked as ONNX has them: i, o, f, c. An input gate that is coupled to the forget gate, 1 - sigmoid(a), is sigmoid(-a): the same
/// weights with the other sign. A projection of the output, h = P m, goes into the recurrent weights, R P, so that the layer's state is m; P then follows the layer.
/// </summary>
internal sealed class LstmWeights
{
    private static readonly string[] s_gates = ["input", "forget", "cell", "output"];

    // ONNX's order of the gates in the order of the file.
    private static readonly int[] s_order = [0, 3, 1, 2];

    private const int InputGate = 0;
    private const int ForgetGate = 1;

    private readonly TfLiteCall _call;
    private readonly int _first;
    private readonly bool _coupled;
    private readonly FloatTensor? _projection;

    /// <param name="call">The operator.</param>
    /// <param name="first">The input with the first weights.</param>
    /// <param name="projectionClip">The bound of the projection, 0 for none.</param>
    public LstmWeights(TfLiteCall call, int first, float projectionClip)
    {
        (_call, _first) = (call, first);
        int[] shape = call.Shape(first + ForgetGate);
        if (shape.Length != 2 || shape[0] == 0)
            throw call.Fail(ImportErrorCode.ShapeMismatch, $"needs two axes, has shape {TensorShape.Text(shape)}", "input_to_forget_weights");
        (Units, Inputs) = (shape[0], shape[1]);
        if (!TensorShape.IsAllowed([Units, 4, Math.Max(Units, Inputs)]))
            throw call.Fail(ImportErrorCode.UnsupportedForm, $"{Units} units with {Inputs} inputs are too many");
        _coupled = !call.Has(first);
        if (_coupled == call.Has(first + 4))
            throw call.Fail(ImportErrorCode.UnsupportedForm, "the input gate has input weights or recurrent weights alone; both or none are needed", "input_to_input_weights");
        _projection = ReadProjection(projectionClip);
    }

    public int Units { get; }

    public int Inputs { get; }

    /// <summary>W [4*units, inputs].</summary>
    public float[] Input() => Stack(gate => _call.Weights(_first + gate, $"input_to_{s_gates[gate]}_weights", Units, Inputs).Data);

    /// <summary>R [4*units, units].</summary>
    public float[] Recurrent()
    {
        int states = _projection?.Shape[0] ?? Units;
        return Stack(gate => Projected(RecurrentLayer.Recurrent(_call, _first + 4 + gate, $"recurrent_to_{s_gates[gate]}_weights", Units, states)));
    }

    /// <summary>Both biases [8*units]; the second is zero.</summary>
    public float[] Biases() => [.. Stack(gate => _call.Weights(_first + 11 + gate, $"{s_gates[gate]}_gate_bias", Units).Data), .. new float[4 * Units]];

    /// <summary>Peepholes i, o, f [3*units]; null when the file has none.</summary>
    public float[]? Peepholes()
    {
        float[]? input = _coupled ? null : Peephole(8, "cell_to_input_weights");
        float[]? forget = Peephole(9, "cell_to_forget_weights");
        float[]? output = Peephole(10, "cell_to_output_weights");
        if (_coupled && forget is not null)
            input = Negated(forget);
        float[] none = new float[Units];
        return input is null && forget is null && output is null ? null : [.. input ?? none, .. output ?? none, .. forget ?? none];
    }

    /// <summary>The projection [units, outputs], to multiply the layer's output with; null when there is none.</summary>
    public FloatTensor? Projection() => _projection is null ? null : Permutation.Of(_projection, 1, 0);

    private FloatTensor? ReadProjection(float clip)
    {
        if (!_call.Has(_first + 15))
            return null;
        int[] shape = _call.Shape(_first + 15);
        if (shape.Length != 2 || shape[0] == 0)
            throw _call.Fail(ImportErrorCode.ShapeMismatch, $"needs two axes, has shape {TensorShape.Text(shape)}", "projection_weights");
        if (clip != 0)
            throw _call.Fail(ImportErrorCode.UnsupportedForm, $"is {clip}; a bound on the projection is not supported, build the layer without it", "proj_clip");
        if (_call.OptionalWeights(_first + 16, "projection_bias", shape[0]) is { } bias && bias.Data.Any(number => number != 0))
            throw _call.Fail(ImportErrorCode.UnsupportedForm, "a projection with a bias is not supported; build the layer without it", "projection_bias");
        return _call.Weights(_first + 15, "projection_weights", shape[0], Units);
    }

    private float[] Stack(Func<int, float[]> read) =>
        [.. s_order.SelectMany(gate => gate == InputGate && _coupled ? Negated(read(ForgetGate)) : read(gate))];

    private float[]? Peephole(int offset, string role) => _call.OptionalWeights(_first + offset, role, Units)?.Data;

    private static float[] Negated(float[] numbers) => [.. numbers.Select(number => -number)];

    /// <summary>R P: [units, outputs] times [outputs, units].</summary>
    private float[] Projected(FloatTensor recurrent)
    {
        if (_projection is null)
            return recurrent.Data;
        int outputs = _projection.Shape[0];
        float[] product = new float[Units * Units];
        for (int row = 0; row < Units; row++)
        {
            for (int column = 0; column < Units; column++)
            {
                double sum = 0;
                for (int k = 0; k < outputs; k++)
                    sum += (double)recurrent.Data[(row * outputs) + k] * _projection.Data[(k * Units) + column];
                product[(row * Units) + column] = (float)sum;
            }
        }
        return product;
    }
}
