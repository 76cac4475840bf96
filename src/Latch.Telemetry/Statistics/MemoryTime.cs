namespace Latch.Telemetry;

/// <summary>
/// How long a memory lasts: with keep gate f (LSTM forget gate, GRU update gate) the e-fold time is -1 / mean(ln f), the half-life ln 2 times that.
/// </summary>
/// <param name="EFoldSteps">E-fold time in steps; infinite when the gate never left 1.</param>
/// <param name="SampleRateHz">Steps per second, 0 when unknown.</param>
public readonly record struct MemoryTime(double EFoldSteps, double SampleRateHz)
{
    /// <summary>Half-life in steps.</summary>
    public double HalfLifeSteps => Math.Log(2) * EFoldSteps;

    /// <summary>E-fold time in seconds, or null when the sample rate is unknown.</summary>
    public double? EFoldSeconds => SampleRateHz > 0 ? EFoldSteps / SampleRateHz : null;

    /// <summary>Half-life in seconds, or null when the sample rate is unknown.</summary>
    public double? HalfLifeSeconds => SampleRateHz > 0 ? HalfLifeSteps / SampleRateHz : null;
}
