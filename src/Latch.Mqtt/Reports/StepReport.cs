using Latch.Sensors.Outputs;

namespace Latch.Mqtt;

/// <summary>What one step was given and what came of it. Valid during the call only.</summary>
public readonly ref struct StepReport
{
    /// <summary>When the sample was taken.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Number of the step, from 0.</summary>
    public required long Step { get; init; }

    /// <summary>The readings as given to the model, one per channel; NaN is missing.</summary>
    public required ReadOnlySpan<float> Sample { get; init; }

    /// <summary>What the model expected, one per channel; empty when it forecasts nothing.</summary>
    public ReadOnlySpan<float> Forecast { get; init; }

    /// <summary>The anomaly score; NaN while there is none.</summary>
    public double Score { get; init; }

    /// <summary>The score from which on it is an alarm; NaN without a profile.</summary>
    public double Threshold { get; init; }

    /// <summary>The level after the step.</summary>
    public AlarmLevel Level { get; init; }
}
