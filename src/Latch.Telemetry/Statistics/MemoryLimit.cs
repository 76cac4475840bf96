using Latch.Model;

namespace Latch.Telemetry;

/// <summary>
/// The longest memory the number formats of a layer can hold without being infinite (NUMERICS.md sections 2 and 5).
/// </summary>
/// <param name="Gate">
/// Of the gate: the largest f below 1 in Q7.24 is 1 - 2^-24, so the e-fold time is -1 / ln(1 - 2^-24), 2^24 steps. f of exactly 1 keeps for ever.
/// </param>
/// <param name="State">
/// Of the state, with e fraction bits and range R: a step takes |c| (1 - f) off, rounded to 2^-e, and nothing once that is under half of it. A state that starts at R
/// still reaches R / 2 when R / 2 (1 - f) is 2^-e / 2 or more, so 1 - f is at least 2^-e / R and the e-fold time at most -1 / ln(1 - 2^-e / R), R 2^e steps. R is the
/// calibrated range of c; for a GRU, whose state decays toward its candidate in the same way, e is 24 and R is 1. Null when the model states no range.
/// </param>
public sealed record MemoryLimit(MemoryTime Gate, MemoryTime? State)
{
    /// <summary>The nearer of the two.</summary>
    public MemoryTime Nearest => State is { } state && state.EFoldSteps < Gate.EFoldSteps ? state : Gate;

    /// <summary>The limit of a layer; null for an RNN, which has no keep gate.</summary>
    internal static MemoryLimit? Of(RecurrentLayer layer, double sampleRateHz)
    {
        MemoryTime Time(double decay) => new(-1 / double.LogP1(-decay), sampleRateHz);
        MemoryTime gate = Time(Math.ScaleB(1, -FixedPoint.GateBits));
        return layer.Kind switch
        {
            CellKind.Gru => new MemoryLimit(gate, gate),
            CellKind.Lstm => new MemoryLimit(gate, layer.CellRange > 0 ? Time(Math.Min(Math.ScaleB(1 / layer.CellRange, -layer.CellFractionBits), 0.5)) : null),
            _ => null,
        };
    }
}
