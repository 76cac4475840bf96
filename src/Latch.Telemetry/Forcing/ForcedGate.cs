using Latch.Runtime;

namespace Latch.Telemetry;

/// <summary>One gate of one layer that does not follow its pre-activation.</summary>
/// <param name="Layer">Index of the layer in <see cref="LatchModel.Layers"/>.</param>
/// <param name="Gate">LSTM: input, output or forget. GRU: update or reset.</param>
/// <param name="Force">Open (exactly 1), closed (exactly 0) or held; null when the gate is set to <paramref name="Value"/>.</param>
/// <param name="Value">Q7.24, 0 to 2^24; counts only without <paramref name="Force"/>.</param>
/// <param name="Units">The units, 0 to hidden size - 1; none means all.</param>
public sealed record ForcedGate(int Layer, Gate Gate, GateForce? Force, int Value, IReadOnlyList<int> Units)
{
    /// <summary>A gate forced open, closed, or to what it was the step before.</summary>
    public static ForcedGate To(int layer, Gate gate, GateForce force, params int[] units) => new(layer, gate, force, 0, units);

    /// <summary>A gate forced to a value.</summary>
    /// <param name="layer">Index of the layer.</param>
    /// <param name="gate">The gate.</param>
    /// <param name="value">0 to 1; rounded to the nearest of Q7.24.</param>
    /// <param name="units">The units; none means all.</param>
    /// <exception cref="ArgumentException">The value is no number from 0 to 1.</exception>
    public static ForcedGate ToValue(int layer, Gate gate, double value, params int[] units) => value is >= 0 and <= 1
        ? new ForcedGate(layer, gate, null, (int)Math.Round(Math.ScaleB(value, FixedPoint.GateBits)), units)
        : throw new ArgumentException($"A gate cannot be forced to {value}: values are 0 to 1.", nameof(value));

    /// <summary>Forces the gate of a session.</summary>
    /// <exception cref="ArgumentException">The model has no such layer, gate or unit.</exception>
    public void Apply(GateControl gates)
    {
        ArgumentNullException.ThrowIfNull(gates);
        if (Force is { } force)
            gates.Force(Layer, Gate, force, [.. Units]);
        else
            gates.ForceValue(Layer, Gate, Value, [.. Units]);
    }
}
