using Latch.Model;
using Latch.Runtime.Cells;

namespace Latch.Runtime;

/// <summary>Forces gates of a session's layers. Takes effect at the next step; a session that forces nothing pays one test per layer and step.</summary>
public sealed class GateControl
{
    private readonly IReadOnlyList<RecurrentLayer> _layers;
    private readonly RecurrentState[] _states;

    internal GateControl(IReadOnlyList<RecurrentLayer> layers, RecurrentState[] states) => (_layers, _states) = (layers, states);

    /// <summary>Forces a gate until it is released.</summary>
    /// <param name="layer">Index of the layer in <see cref="LatchModel.Layers"/>.</param>
    /// <param name="gate">LSTM: input, output or forget. GRU: update or reset.</param>
    /// <param name="force">Open, closed or hold.</param>
    /// <param name="units">Units to force, 0 to hidden size - 1; none means all.</param>
    /// <exception cref="ArgumentException">No such layer, the cell has no such gate or only as a candidate, or a unit is out of range.</exception>
    public void Force(int layer, Gate gate, GateForce force, params ReadOnlySpan<int> units)
    {
        if (force is not (GateForce.Open or GateForce.Closed or GateForce.Hold))
            throw new ArgumentException($"There is no gate force {force}; a gate is forced open, closed or held.", nameof(force));
        Set(layer, gate, (byte)(force + 1), units);
    }

    /// <summary>Lets a gate follow its pre-activation again.</summary>
    /// <param name="layer">Index of the layer in <see cref="LatchModel.Layers"/>.</param>
    /// <param name="gate">A gate that can be forced.</param>
    /// <param name="units">Units to release; none means all.</param>
    /// <exception cref="ArgumentException">As for <see cref="Force"/>.</exception>
    public void Release(int layer, Gate gate, params ReadOnlySpan<int> units) => Set(layer, gate, RecurrentState.Free, units);

    /// <summary>Lets every gate follow its pre-activation again.</summary>
    public void ReleaseAll()
    {
        foreach (RecurrentState state in _states)
            state.ReleaseAll();
    }

    private void Set(int layer, Gate gate, byte value, ReadOnlySpan<int> units)
    {
        if ((uint)layer >= (uint)_layers.Count)
            throw new ArgumentException($"There is no layer {layer}; the model has {_layers.Count} recurrent layers, counted from 0.", nameof(layer));
        RecurrentLayer definition = _layers[layer];
        int index = GateOrder.IndexOf(definition.Kind, gate);
        if (index < 0 || gate is Gate.Cell or Gate.Hidden)
        {
            string can = definition.Kind switch { CellKind.Lstm => "input, output and forget", CellKind.Gru => "update and reset", _ => "none" };
            throw new ArgumentException($"Layer '{definition.Name}' ({definition.Kind}): the {gate} gate cannot be forced; those that can: {can}.", nameof(gate));
        }
        foreach (int unit in units)
        {
            if ((uint)unit >= (uint)definition.HiddenSize)
                throw new ArgumentException($"Layer '{definition.Name}' has no unit {unit}; its units are 0 to {definition.HiddenSize - 1}.", nameof(units));
        }
        foreach (RecurrentState state in _states)
        {
            if (state.Layer == layer)
                state.Force(index, value, units);
        }
    }
}
