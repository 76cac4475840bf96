using Latch.Model;
using Latch.Runtime.Cells;
using Latch.Runtime.Kernels;

namespace Latch.Runtime;

/// <summary>
/// Forces gates of a session's layers, and cuts their recurrence. Takes effect at the next step; a session that forces nothing pays one test per layer and step.
/// </summary>
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
        int entry = force switch
        {
            GateForce.Open => Requantize.One,
            GateForce.Closed => 0,
            GateForce.Hold => RecurrentState.Hold,
            _ => throw new ArgumentException($"There is no gate force {force}; a gate is forced open, closed or held.", nameof(force)),
        };
        Set(layer, gate, entry, units);
    }

    /// <summary>Forces a gate to a value until it is released.</summary>
    /// <param name="layer">Index of the layer in <see cref="LatchModel.Layers"/>.</param>
    /// <param name="gate">LSTM: input, output or forget. GRU: update or reset.</param>
    /// <param name="value">The value, Q7.24: 0 to 2^24, which is 1.</param>
    /// <param name="units">Units to force, 0 to hidden size - 1; none means all.</param>
    /// <exception cref="ArgumentException">As for <see cref="Force"/>, or the value lies outside 0 to 2^24.</exception>
    public void ForceValue(int layer, Gate gate, int value, params ReadOnlySpan<int> units)
    {
        if (value is < 0 or > Requantize.One)
            throw new ArgumentException($"A gate cannot be forced to {value}: values are 0 to {Requantize.One} (Q7.24: 0 to 1).", nameof(value));
        Set(layer, gate, value, units);
    }

    /// <summary>
    /// Cuts a layer's recurrence: its recurrent product takes h = 0, and peepholes c = 0, in place of the step before. What is left of the past is what the cell state (LSTM)
    /// or the update gate (GRU) keeps; with the forget gate closed too, or the update gate, a step depends on its own sample only. The hidden state itself goes on being computed.
    /// </summary>
    /// <param name="layer">Index of the layer in <see cref="LatchModel.Layers"/>.</param>
    /// <exception cref="ArgumentException">There is no such layer.</exception>
    public void CutRecurrence(int layer)
    {
        int zeroPoint = Layer(layer).Hidden.ZeroPoint;
        foreach (RecurrentState state in _states)
        {
            if (state.Layer == layer && !state.IsCut)
                state.Cut(zeroPoint);
        }
    }

    /// <summary>Lets a gate follow its pre-activation again.</summary>
    /// <param name="layer">Index of the layer in <see cref="LatchModel.Layers"/>.</param>
    /// <param name="gate">A gate that can be forced.</param>
    /// <param name="units">Units to release; none means all.</param>
    /// <exception cref="ArgumentException">As for <see cref="Force"/>.</exception>
    public void Release(int layer, Gate gate, params ReadOnlySpan<int> units) => Set(layer, gate, RecurrentState.Free, units);

    /// <summary>Lets every gate follow its pre-activation again, and every recurrent product see the hidden state.</summary>
    public void ReleaseAll()
    {
        foreach (RecurrentState state in _states)
            state.ReleaseAll();
    }

    private RecurrentLayer Layer(int layer) => (uint)layer < (uint)_layers.Count
        ? _layers[layer]
        : throw new ArgumentException($"There is no layer {layer}; the model has {_layers.Count} recurrent layers, counted from 0.", nameof(layer));

    private void Set(int layer, Gate gate, int value, ReadOnlySpan<int> units)
    {
        RecurrentLayer definition = Layer(layer);
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
