using Latch.Model;
using Latch.Runtime;

namespace Latch.Telemetry;

/// <summary>What one layer did over the steps watched until the snapshot was taken.</summary>
public sealed record LayerSnapshot
{
    /// <summary>Index of the layer in <see cref="LatchModel.Layers"/>.</summary>
    public required int Layer { get; init; }

    /// <summary>The layer's name.</summary>
    public required string Name { get; init; }

    /// <summary>The cell.</summary>
    public required CellKind Kind { get; init; }

    /// <summary>Steps watched.</summary>
    public required long Steps { get; init; }

    /// <summary>Steps per watched step (<see cref="StatisticsOptions.Every"/>).</summary>
    public required int Every { get; init; }

    /// <summary>The gates in storage order.</summary>
    public required IReadOnlyList<GateSummary> Gates { get; init; }

    /// <summary>Cell states that were saturated.</summary>
    public required long CellSaturations { get; init; }

    /// <summary>Hidden state codes that were saturated.</summary>
    public required long HiddenSaturations { get; init; }

    /// <summary>Output codes that were saturated.</summary>
    public required long OutputSaturations { get; init; }

    /// <summary>Memory of the layer: the mean of ln f over all units; null for an RNN and before the first step.</summary>
    public required MemoryTime? Memory { get; init; }

    /// <summary>Memory of each unit; empty for an RNN and before the first step.</summary>
    public required IReadOnlyList<MemoryTime> UnitMemory { get; init; }

    /// <summary>The longest memory the number formats allow; null for an RNN.</summary>
    public required MemoryLimit? MemoryLimit { get; init; }

    /// <summary>Slope of each cell state over the steps watched, in real units per step; empty for GRU and RNN.</summary>
    public required IReadOnlyList<double> CellSlope { get; init; }

    /// <summary>
    /// Drift of each cell state: slope times steps, as a share of the calibrated range. Beyond 1 a cell crossed the range it was calibrated for.
    /// Empty for GRU and RNN, and when the model states no range.
    /// </summary>
    public required IReadOnlyList<double> CellDrift { get; init; }

    /// <summary>
    /// Slope of each cell state over the last half to whole <see cref="StatisticsOptions.Window"/> of watched steps, in real units per step: a straight line through the
    /// half window before and what there is of the present one. Empty for GRU and RNN.
    /// </summary>
    public required IReadOnlyList<double> RecentCellSlope { get; init; }

    /// <summary>Units whose h hardly moved, or with a gate that did not; empty before two steps.</summary>
    public required IReadOnlyList<DeadUnit> DeadUnits { get; init; }

    /// <summary>
    /// Warm-up: steps since the last start after which the state no longer depends on what it began with: for 95 % of the units the product of the keep gate since
    /// then fell below 2^-10. A start is a reset or the begin of a window, or the first step watched. Null when that is not reached yet, and for an RNN.
    /// </summary>
    public required long? WarmUpSteps { get; init; }

    /// <summary><see cref="WarmUpSteps"/> in seconds; null when it or the sample rate is unknown.</summary>
    public required double? WarmUpSeconds { get; init; }

    /// <summary>How far each input came toward the ends of its calibrated range; empty before the first step.</summary>
    public required IReadOnlyList<InputRange> Inputs { get; init; }

    /// <summary>Share of all input codes that lie at or beyond an end of their calibrated range.</summary>
    public double InputsAtEnds => Inputs.Count == 0 ? 0 : Inputs.Average(static input => input.AtLow + input.AtHigh);
}

/// <summary>One gate of one layer over all steps.</summary>
/// <param name="Gate">The gate.</param>
/// <param name="All">Values of all units together.</param>
/// <param name="Units">Values of each unit.</param>
/// <param name="Saturations">Pre-activations that were limited.</param>
public sealed record GateSummary(Gate Gate, GateValues All, IReadOnlyList<GateValues> Units, long Saturations);

/// <summary>A unit that does nothing, or a gate of which does not move.</summary>
/// <param name="Unit">The unit.</param>
/// <param name="HiddenCodes">Largest less smallest h, in codes of the hidden state.</param>
/// <param name="IsStill">True when that is at most <see cref="StatisticsOptions.DeadCodes"/>.</param>
/// <param name="StuckGates">Gates that stayed within <see cref="StatisticsOptions.StuckRange"/> of their range.</param>
public sealed record DeadUnit(int Unit, double HiddenCodes, bool IsStill, IReadOnlyList<Gate> StuckGates);

/// <summary>How far one input of a layer came, in the input's real units (normalised where a channel is).</summary>
/// <param name="Input">Index of the input.</param>
/// <param name="Channel">The channel's name where the layer reads the sample itself; else null.</param>
public sealed record InputRange(int Input, string? Channel)
{
    /// <summary>
    /// Lower end of the calibrated range: the lowest code for int8; half of that for int16, whose codes reach twice as far as calibrated; the channel's limit where that
    /// is nearer.
    /// </summary>
    public required double Low { get; init; }

    /// <summary>Upper end of the calibrated range, as <see cref="Low"/>.</summary>
    public required double High { get; init; }

    /// <summary>Share of steps at or beyond the lower end.</summary>
    public required double AtLow { get; init; }

    /// <summary>Share of steps at or beyond the upper end.</summary>
    public required double AtHigh { get; init; }

    /// <summary>Smallest value.</summary>
    public required double Least { get; init; }

    /// <summary>Largest value.</summary>
    public required double Greatest { get; init; }
}
