namespace Latch.Model;

/// <summary>The recurrent cells.</summary>
public enum CellKind
{
    /// <summary>Gates input, output, forget, cell (rows in this order).</summary>
    Lstm,

    /// <summary>Gates update (z), reset (r), hidden (h) (rows in this order).</summary>
    Gru,

    /// <summary>One sum, one activation.</summary>
    Rnn,
}

/// <summary>
/// One direction of one recurrent layer: everything a step of its cell needs (NUMERICS.md sections 3 to 5).
/// G is 4, 3 or 1 gates; H the hidden size; I the input size. Tensors are named constants of the model.
/// </summary>
public sealed record RecurrentLayer
{
    /// <summary>Unique name, from the source model's node (with ".reverse" for the second direction).</summary>
    public required string Name { get; init; }

    /// <summary>The cell.</summary>
    public required CellKind Kind { get; init; }

    /// <summary>True when the layer walks its sequence from the last step to the first.</summary>
    public bool Reverse { get; init; }

    /// <summary>I, the number of inputs per step.</summary>
    public required int InputSize { get; init; }

    /// <summary>H, the number of units.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Codes of the input x.</summary>
    public required Quantization Input { get; init; }

    /// <summary>Codes of the hidden state for the recurrent product.</summary>
    public required Quantization Hidden { get; init; }

    /// <summary>From the wide hidden state (Q7.24) to its code: ratio 2^-24 / s_h.</summary>
    public required Rescale HiddenRescale { get; init; }

    /// <summary>Input weights W: Int8 [G H, I].</summary>
    public required string InputWeights { get; init; }

    /// <summary>Recurrent weights R: Int8 [G H, H].</summary>
    public required string RecurrentWeights { get; init; }

    /// <summary>Bias [G H], Int16 or Int32: Wb + Rb; for the hidden gate of a GRU with linear before reset Wb alone.</summary>
    public required string Bias { get; init; }

    /// <summary>Rb of the hidden gate [H], Int16 or Int32: only for a GRU with linear before reset, else null.</summary>
    public string? RecurrentBias { get; init; }

    /// <summary>Fraction bits n of both biases: real = stored / 2^n; 0 to 20, and at most 13 + <see cref="Shift"/>.</summary>
    public int BiasFractionBits { get; init; } = 20;

    /// <summary>MA per row, 0 or positive: Int16 or Int32 [G H].</summary>
    public required string InputMultipliers { get; init; }

    /// <summary>MB per row, 0 or positive: Int16 or Int32 [G H].</summary>
    public required string RecurrentMultipliers { get; init; }

    /// <summary>S of section 3, 1 to 62.</summary>
    public required int Shift { get; init; }

    /// <summary>Peephole multipliers MP for gates i, o, f: Int32 [3 H]; null without peepholes.</summary>
    public string? Peepholes { get; init; }

    /// <summary>L of section 3: pre-activations are limited to +-L, Q.13, per gate (G entries; at most 2^17 for curves, 2^20 otherwise).</summary>
    public required IReadOnlyList<int> PreActivationLimits { get; init; }

    /// <summary>f of the ONNX operator: LSTM gates i o f; GRU gates z r; RNN.</summary>
    public required ActivationFunction GateActivation { get; init; }

    /// <summary>g of the ONNX operator: LSTM cell gate, GRU hidden gate. Identity for RNN.</summary>
    public ActivationFunction CandidateActivation { get; init; }

    /// <summary>h of the ONNX operator: LSTM, applied to the cell state. Identity for GRU and RNN.</summary>
    public ActivationFunction OutputActivation { get; init; }

    /// <summary>LSTM: fraction bits e of the cell state, 18 to 24. 0 for GRU and RNN.</summary>
    public int CellFractionBits { get; init; }

    /// <summary>LSTM: calibrated largest |c| in real units, for telemetry (drift against range); 0 for GRU and RNN.</summary>
    public double CellRange { get; init; }

    /// <summary>LSTM: the forget gate is 1 - i (ONNX attribute input_forget).</summary>
    public bool InputForget { get; init; }

    /// <summary>GRU: the ONNX attribute linear_before_reset. It changes the formula.</summary>
    public bool LinearBeforeReset { get; init; }

    /// <summary>GRU without linear before reset: codes of r h for the hidden gate's product; else null.</summary>
    public Quantization? ResetHidden { get; init; }

    /// <summary>GRU without linear before reset: from r h (Q7.24) to its code.</summary>
    public Rescale ResetHiddenRescale { get; init; }

    /// <summary>Number of gates G.</summary>
    public int GateCount => Kind switch { CellKind.Lstm => 4, CellKind.Gru => 3, _ => 1 };
}
