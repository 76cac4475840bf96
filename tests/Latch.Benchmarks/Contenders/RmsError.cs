using Latch.Benchmarks.Models;
using Latch.Model;
using CellKind = Latch.Import.Graph.CellKind;

namespace Latch.Benchmarks.Contenders;

/// <summary>
/// Root-mean-square error of a layer's hidden state against ONNX Runtime's float one, over series of <see cref="Steps"/> steps from the initial state.
/// </summary>
internal sealed class RmsError
{
    /// <summary>Steps of a series.</summary>
    public const int Steps = 100;

    private const int Series = 5;
    private const int FirstSeriesSeed = 9001;
    private const double FloatAgreement = 1e-4;
    private readonly RandomLayer _layer;
    private readonly float[][] _samples;
    private readonly float[][] _reference;

    /// <summary>Runs the float layer over the series.</summary>
    /// <exception cref="InvalidOperationException">ONNX Runtime's float streaming model does not agree with its model of a whole sequence.</exception>
    public RmsError(RandomLayer layer)
    {
        _layer = layer;
        _samples = [.. Enumerable.Range(FirstSeriesSeed, Series).Select(seed => RandomLayer.Samples(Steps * layer.Size.Inputs, seed))];
        using OrtSequence sequence = new(OnnxModels.Sequence(layer, Steps), layer.Size, _samples[0]);
        _reference = [.. _samples.Select(sequence.Follow)];
        using OrtStep step = new(OnnxModels.Step(layer), layer.Size, _samples[0]);
        double difference = Of(step.Follow);
        if (difference > FloatAgreement)
            throw new InvalidOperationException($"ONNX Runtime's {layer.Cell} {layer.Size} differs by {difference:G3} between streaming and a whole sequence.");
    }

    /// <summary>Error of a Latch model, real numbers in and out.</summary>
    public double OfLatch(ModelDefinition definition, string? kernel)
    {
        LatchStep step = new(definition, kernel, _samples[0]);
        return Of(step.Follow);
    }

    /// <summary>Error of ONNX Runtime's int8 LSTM; null for a GRU, of which it has none.</summary>
    public double? OfOrtInt8(bool perChannel)
    {
        if (_layer.Cell != CellKind.Lstm)
            return null;
        using OrtStep step = new(OnnxModels.QuantizedStep(_layer, perChannel), _layer.Size, _samples[0]);
        return Of(step.Follow);
    }

    private double Of(Func<float[], float[]> follow)
    {
        double sum = 0;
        long count = 0;
        for (int series = 0; series < _samples.Length; series++)
        {
            float[] result = follow(_samples[series]);
            for (int i = 0; i < result.Length; i++)
                sum += Math.Pow(result[i] - _reference[series][i], 2);
            count += result.Length;
        }
        return Math.Sqrt(sum / count);
    }
}
