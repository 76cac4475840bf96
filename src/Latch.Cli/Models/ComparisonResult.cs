using Latch.Quantize.Report;

namespace Latch.Cli.Models;

/// <summary>Everything a comparison found.</summary>
internal sealed record ComparisonResult(
    string OnnxName,
    string LatchName,
    long OnnxBytes,
    long FloatWeightBytes,
    long LatchBytes,
    StepMode Mode,
    double SampleRateHz,
    OutputComparison Outputs,
    Comparison Inner,
    IReadOnlyList<LayerWatch> Layers)
{
    /// <summary>What gave the float results.</summary>
    public required string FloatSide { get; init; }

    /// <summary>Bytes of the integer model's file over bytes of the float weights.</summary>
    public double SizeRatio => (double)LatchBytes / FloatWeightBytes;
}
