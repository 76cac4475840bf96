using Latch.Benchmarks.Models;
using Latch.Model;
using CellKind = Latch.Import.Graph.CellKind;

namespace Latch.Benchmarks.Contenders;

/// <summary>Root-mean-square errors of Latch's hidden state against float.</summary>
/// <param name="Default">The quantizer's default options; they may give the input 16 bits.</param>
/// <param name="AllInt8">An input of 8 bits; its rounding is part of the error.</param>
/// <param name="OnCodes">The same model, float being fed what the input's codes stand for: the error of the layer alone.</param>
internal readonly record struct LayerErrors(double Default, double AllInt8, double OnCodes);

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
        _reference = Reference(_samples);
        using OrtStep step = new(OnnxModels.Step(layer), layer.Size, _samples[0]);
        double difference = Of(step.Follow);
        if (difference > FloatAgreement)
            throw new InvalidOperationException($"ONNX Runtime's {layer.Cell} {layer.Size} differs by {difference:G3} between streaming and a whole sequence.");
    }

    /// <summary>Errors of a layer's two Latch models.</summary>
    public LayerErrors OfLatch(ModelDefinition allInt8, ModelDefinition byDefault, string? kernel)
    {
        LatchStep narrow = new(allInt8, kernel, _samples[0]), standard = new(byDefault, kernel, _samples[0]);
        float[][] onCodes = [.. _samples.Select(samples => LatchModels.OnCodes(allInt8, samples))];
        return new LayerErrors(Of(standard.Follow), Of(narrow.Follow), Of(narrow.Follow, onCodes, Reference(onCodes)));
    }

    /// <summary>Error of ONNX Runtime's int8 LSTM; null for a GRU, of which it has none.</summary>
    public double? OfOrtInt8(bool perChannel)
    {
        if (_layer.Cell != CellKind.Lstm)
            return null;
        using OrtStep step = new(OnnxModels.QuantizedStep(_layer, perChannel), _layer.Size, _samples[0]);
        return Of(step.Follow);
    }

    private float[][] Reference(float[][] samples)
    {
        using OrtSequence sequence = new(OnnxModels.Sequence(_layer, Steps), _layer.Size, samples[0]);
        return [.. samples.Select(sequence.Follow)];
    }

    private double Of(Func<float[], float[]> follow) => Of(follow, _samples, _reference);

    private static double Of(Func<float[], float[]> follow, float[][] samples, float[][] reference)
    {
        double sum = 0;
        long count = 0;
        for (int series = 0; series < samples.Length; series++)
        {
            float[] result = follow(samples[series]);
            for (int i = 0; i < result.Length; i++)
                sum += Math.Pow(result[i] - reference[series][i], 2);
            count += result.Length;
        }
        return Math.Sqrt(sum / count);
    }
}
