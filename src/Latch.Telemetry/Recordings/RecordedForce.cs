using Latch.Runtime;

namespace Latch.Telemetry.Recordings;

/// <summary>What a <see cref="RecordedForce"/> does. The numbers stand in recordings.</summary>
public enum RecordedForceKind
{
    /// <summary>The gate is exactly 1.</summary>
    Open = 0,

    /// <summary>The gate is exactly 0.</summary>
    Closed = 1,

    /// <summary>The gate keeps its last value.</summary>
    Hold = 2,

    /// <summary>The gate has a given value.</summary>
    Value = 3,

    /// <summary>The layer's recurrence is cut; there is no gate to it.</summary>
    CutRecurrence = 4,
}

/// <summary>A force in effect while steps were recorded, so that a replay sets it too.</summary>
/// <param name="Layer">Index of the layer.</param>
/// <param name="Gate">The gate; without meaning when the recurrence is cut.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Value">Q7.24, of a <see cref="RecordedForceKind.Value"/>; else 0.</param>
/// <param name="Units">The units; none means all.</param>
public sealed record RecordedForce(int Layer, Gate Gate, RecordedForceKind Kind, int Value, IReadOnlyList<int> Units)
{
    /// <summary>Forces the gate.</summary>
    /// <exception cref="ArgumentException">The model has no such layer, gate, unit or value.</exception>
    public void Apply(GateControl gates)
    {
        ArgumentNullException.ThrowIfNull(gates);
        int[] units = [.. Units];
        if (Kind == RecordedForceKind.CutRecurrence)
            gates.CutRecurrence(Layer);
        else if (Kind == RecordedForceKind.Value)
            gates.ForceValue(Layer, Gate, Value, units);
        else
            gates.Force(Layer, Gate, (GateForce)Kind, units);
    }
}
