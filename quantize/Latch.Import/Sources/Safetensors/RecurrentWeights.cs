using Latch.Import.Graph;

namespace Latch.Import.Sources.Safetensors;

/// <summary>The weights of one direction of a recurrent layer, its gates in the order of ONNX.</summary>
/// <param name="Units">Units of the cell.</param>
/// <param name="Input">[gates * units, inputs].</param>
/// <param name="Recurrent">[gates * units, units].</param>
/// <param name="InputBias">[gates * units]; null without biases.</param>
/// <param name="RecurrentBias">[gates * units], which a GRU with the reset behind its product needs apart; null without biases.</param>
internal sealed record DirectionWeights(int Units, float[] Input, float[] Recurrent, float[]? InputBias, float[]? RecurrentBias);

/// <summary>Reads the weights of recurrent layers as the formats store them.</summary>
internal sealed class RecurrentWeights(LayerCall call, RecurrentCell cell, LayerTensors tensors, bool hasBias)
{
    private readonly int[] _order = cell.Order(call.Format);

    /// <summary>PyTorch and Candle: weight_ih_l0 [gates * units, inputs], weight_hh_l0 [gates * units, units], bias_ih_l0 and bias_hh_l0 [gates * units].</summary>
    /// <param name="inputs">Features that come in.</param>
    /// <param name="layer">Which of the stacked layers.</param>
    /// <param name="reverse">Whether of the backward direction.</param>
    public DirectionWeights ReadTorch(int inputs, int layer, bool reverse)
    {
        string suffix = $"_l{layer}{(reverse ? "_reverse" : "")}";
        FloatTensor input = tensors.Read($"weight_ih{suffix}", -1, inputs);
        int units = Units(input.Shape[0], $"weight_ih{suffix}");
        int rows = cell.Gates * units;
        FloatTensor recurrent = tensors.Read($"weight_hh{suffix}", rows, units);
        float[]? inputBias = hasBias ? tensors.Read($"bias_ih{suffix}", rows).Data : null;
        float[]? recurrentBias = hasBias ? tensors.Read($"bias_hh{suffix}", rows).Data : null;
        return Ordered(units, input.Data, recurrent.Data, inputBias, recurrentBias);
    }

    /// <summary>
    /// Keras: kernel [inputs, gates * units], recurrent_kernel [units, gates * units], and bias: of a GRU with reset_after [2, gates * units], for the input and the
    /// recurrent product; else [gates * units].
    /// </summary>
    /// <param name="inputs">Features that come in.</param>
    /// <param name="twoBiases">Whether the bias has two rows.</param>
    /// <param name="backwardPrefix">Prefix of the backward direction; null for the forward one.</param>
    public DirectionWeights ReadKeras(int inputs, bool twoBiases, string? backwardPrefix)
    {
        FloatTensor Read(string own, params int[] shape) => backwardPrefix is null ? tensors.Read(own, shape) : tensors.ReadAs($"backward_{own}", own, backwardPrefix, shape);

        FloatTensor input = Matrices.Transposed(Read("kernel", inputs, -1));
        int units = Units(input.Shape[0], "kernel");
        int rows = cell.Gates * units;
        FloatTensor recurrent = Matrices.Transposed(Read("recurrent_kernel", units, rows));
        float[]? bias = !hasBias ? null : twoBiases ? Read("bias", 2, rows).Data : Read("bias", rows).Data;
        return Ordered(units, input.Data, recurrent.Data, bias?[..rows], bias is null ? null : twoBiases ? bias[rows..] : new float[rows]);
    }

    private int Units(int rows, string role) => rows % cell.Gates == 0
        ? rows / cell.Gates
        : throw call.Members.Fail(role, $"{rows} rows are not the same number for each of the {cell.Gates} gates", ImportErrorCode.ShapeMismatch);

    private DirectionWeights Ordered(int units, float[] input, float[] recurrent, float[]? inputBias, float[]? recurrentBias) => new(
        units,
        Matrices.Reordered(input, _order),
        Matrices.Reordered(recurrent, _order),
        inputBias is null ? null : Matrices.Reordered(inputBias, _order),
        recurrentBias is null ? null : Matrices.Reordered(recurrentBias, _order));
}
