using Latch.Model;
using Latch.Runtime.Cells;

namespace Latch.Runtime;

/// <summary>What one recurrent layer did in one step. Formats are those of NUMERICS.md section 2.</summary>
public readonly ref struct GateFrame
{
    private readonly RecurrentState _state;

    internal GateFrame(RecurrentState state, RecurrentLayer definition, long step, CodeSpan input)
    {
        (_state, Definition, Step) = (state, definition, step);
        InputCodes = input;
    }

    /// <summary>Index of the layer in <see cref="LatchModel.Layers"/>.</summary>
    public int Layer => _state.Layer;

    /// <summary>The layer's definition: kind, sizes, formats.</summary>
    public RecurrentLayer Definition { get; }

    /// <summary>Streaming: steps since the reset, from 0. In a window: index of the step in time.</summary>
    public long Step { get; }

    /// <summary>Gates after the activation, as used (forced values included): Q7.24, gates in storage order, H units each.</summary>
    public ReadOnlySpan<int> Gates => _state.ContiguousGates;

    /// <summary>Gate pre-activations before the activation: Q.13, in the order of <see cref="Gates"/>.</summary>
    public ReadOnlySpan<int> PreActivations => _state.ContiguousPreActivations;

    /// <summary>LSTM cell state after the step, Q with <see cref="CellFractionBits"/> fraction bits; empty for GRU and RNN.</summary>
    public ReadOnlySpan<int> Cell => _state.Cell;

    /// <summary>Fraction bits e of <see cref="Cell"/>.</summary>
    public int CellFractionBits => Definition.CellFractionBits;

    /// <summary>Hidden state after the step, Q7.24.</summary>
    public ReadOnlySpan<int> Hidden => _state.Hidden;

    /// <summary>Codes of the hidden state for the next recurrent product.</summary>
    public CodeSpan HiddenCodes => _state.HiddenCodes;

    /// <summary>Codes of the layer's input.</summary>
    public CodeSpan InputCodes { get; }

    /// <summary>Pre-activations beyond their limit in this step, per gate.</summary>
    public ReadOnlySpan<int> GateSaturations => _state.GateSaturations;

    /// <summary>Cell states at the limit of their format, +-(2^31 - 1), after this step.</summary>
    public int CellSaturations => _state.CellSaturations;

    /// <summary>Hidden state codes saturated in this step.</summary>
    public int HiddenSaturations => _state.HiddenSaturations;

    /// <summary>Codes of the layer's output tensor saturated in this step.</summary>
    public int OutputSaturations => _state.OutputSaturations;

    /// <summary>The H values of one gate, Q7.24.</summary>
    /// <exception cref="ArgumentException">The cell has no such gate.</exception>
    public ReadOnlySpan<int> Gate(Gate gate) => Slice(_state.ContiguousGates, gate);

    /// <summary>The H pre-activations of one gate, Q.13.</summary>
    /// <exception cref="ArgumentException">The cell has no such gate.</exception>
    public ReadOnlySpan<int> PreActivation(Gate gate) => Slice(_state.ContiguousPreActivations, gate);

    private ReadOnlySpan<int> Slice(ReadOnlySpan<int> values, Gate gate)
    {
        int index = GateOrder.IndexOf(Definition.Kind, gate);
        if (index < 0)
            throw new ArgumentException($"A {Definition.Kind} has no {gate} gate.", nameof(gate));
        return values.Slice(index * Definition.HiddenSize, Definition.HiddenSize);
    }
}
