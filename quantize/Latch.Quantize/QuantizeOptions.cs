using Latch.Model;
using Latch.Quantize.Weights;

namespace Latch.Quantize;

/// <summary>Width of the activations that are multiplied by weights.</summary>
public enum ActivationWidth
{
    /// <summary>8 bits, asymmetric per tensor.</summary>
    Int8,

    /// <summary>16 bits, symmetric per tensor: about 100 times finer, at half the speed.</summary>
    Int16,

    /// <summary>
    /// 8 bits, and 16 for the tensors and states that matter, found by measuring on held-back data, until <see cref="QuantizeOptions.Budget"/> holds.
    /// </summary>
    Auto,
}

/// <summary>How the range of a tensor follows from what was observed.</summary>
public enum CalibrationMethod
{
    /// <summary>The smallest and the largest value seen.</summary>
    MinMax,

    /// <summary>An exponential average of each window's smallest and largest value.</summary>
    MovingAverage,

    /// <summary>The range that holds 99.99 % of the values.</summary>
    Percentile,

    /// <summary>The range with the smallest mean squared quantization error.</summary>
    SquaredError,

    /// <summary>The range whose codes keep most of the distribution (Kullback-Leibler divergence).</summary>
    Entropy,

    /// <summary>Each of the others in turn; the one with the smallest error against float on held-back data is kept.</summary>
    Auto,
}

/// <summary>Choices made when a model is quantized.</summary>
public sealed record QuantizeOptions
{
    /// <summary>Width of activations that enter a product with weights. Other values are kept in 16 bits, which costs nothing.</summary>
    public ActivationWidth Activations { get; init; } = ActivationWidth.Int8;

    /// <summary>How ranges are chosen. The states of recurrent layers keep min-max unless <see cref="CalibrationMethod.Auto"/> finds better.</summary>
    public CalibrationMethod Method { get; init; } = CalibrationMethod.MinMax;

    /// <summary>
    /// Values, by name, that are kept in 16 bits whatever <see cref="Activations"/> says. A recurrent node's name followed by ".hidden" stands for its
    /// state in the recurrent product.
    /// </summary>
    public IReadOnlySet<string> WideValues { get; init; } = new HashSet<string>();

    /// <summary>
    /// With 8-bit activations: while the outputs' error on held-back data is above 0.4 % of their standard deviation, the tensor that alone causes most of
    /// it, at least a fifth, is given 16 bits; at most four tensors, and never a state in a recurrent product. Where none does alone, the costliest are
    /// tried together.
    /// </summary>
    public bool WidenCostly { get; init; } = true;

    /// <summary>
    /// With <see cref="ActivationWidth.Auto"/>: largest root-mean-square error of the outputs on held-back data over their standard deviation; of several
    /// outputs each by itself, and the mean of the squares is taken. 0.003 is 50.5 dB. Above 0.
    /// </summary>
    public double Budget { get; init; } = 0.003;

    /// <summary>Improvements of the weights to make.</summary>
    internal WeightChoices Weights { get; init; } = WeightChoices.None;

    /// <summary>Most calibration windows run through the float model; more are thinned out evenly. At least 1.</summary>
    public int MaxWindows { get; init; } = 512;

    /// <summary>Input channels in sample order, stored in the model; empty when unnamed.</summary>
    public IReadOnlyList<Channel> Channels { get; init; } = [];

    /// <summary>Samples per second, stored in the model; 0 when unknown.</summary>
    public double SampleRateHz { get; init; }

    /// <summary>File name of the source model, stored in the model.</summary>
    public string SourceFile { get; init; } = "";
}
