using Latch.Runtime;

namespace Latch.Telemetry.Recordings;

/// <summary>What is forced in a session while its steps are recorded, so that a replay forces it too.</summary>
/// <param name="Gates">Forced gates, in the order in which they were forced.</param>
/// <param name="CutLayers">Layers whose recurrence is cut.</param>
public sealed record RecordedForces(IReadOnlyList<ForcedGate> Gates, IReadOnlyList<int> CutLayers)
{
    /// <summary>Nothing is forced.</summary>
    public static RecordedForces None { get; } = new([], []);

    /// <summary>Bytes in a header.</summary>
    internal int Bytes => Gates.Sum(static gate => SegmentFormat.ForceBytes + (sizeof(int) * gate.Units.Count)) + (SegmentFormat.ForceBytes * CutLayers.Count);

    /// <summary>Releases everything, then forces a session like this.</summary>
    /// <exception cref="ArgumentException">The model has no such layer, gate, unit or value.</exception>
    public void Apply(GateControl gates)
    {
        ArgumentNullException.ThrowIfNull(gates);
        gates.ReleaseAll();
        foreach (ForcedGate gate in Gates)
            gate.Apply(gates);
        foreach (int layer in CutLayers)
            gates.CutRecurrence(layer);
    }
}
