namespace Latch.Import.Graph;

/// <summary>The kind of a recurrent cell.</summary>
public enum CellKind
{
    /// <summary>Long short-term memory: gates i, o, f, c.</summary>
    Lstm,

    /// <summary>Gated recurrent unit: gates z, r, h.</summary>
    Gru,

    /// <summary>Plain recurrent cell: one gate.</summary>
    Rnn,
}

/// <summary>An activation inside a recurrent cell.</summary>
/// <param name="Kind">The function; its formula is at <see cref="ActivationKind"/>.</param>
/// <param name="Alpha">First parameter, the operator's default already filled in; 0 when unused.</param>
/// <param name="Beta">Second parameter, the operator's default already filled in; 0 when unused.</param>
public sealed record RecurrentActivation(ActivationKind Kind, float Alpha, float Beta);

/// <summary>
/// One direction of one recurrent layer. With T steps, I inputs and H units the equations for step t are
/// (f, g, h: <see cref="Activations"/>; products of vectors are element by element):
/// <code>
/// LSTM  i = f(Wi x + Ri h' + Wbi + Rbi + Pi c')       fg = f(Wf x + Rf h' + Wbf + Rbf + Pf c')   (1 - i if InputForget)
///       k = g(Wc x + Rc h' + Wbc + Rbc)               c = fg c' + i k
///       o = f(Wo x + Ro h' + Wbo + Rbo + Po c)        hidden = o h(c)
/// GRU   z = f(Wz x + Rz h' + Wbz + Rbz)               r = f(Wr x + Rr h' + Wbr + Rbr)
///       n = g(Wh x + Wbh + Rh (r h') + Rbh)           or, linear before reset, g(Wh x + Wbh + r (Rh h' + Rbh))
///       hidden = (1 - z) n + z h'
/// RNN   hidden = f(W x + R h' + Wb + Rb)
/// </code>
/// where h' and c' are the states of the step before: t - 1, or t + 1 when <see cref="Reverse"/>.
/// </summary>
/// <param name="Name">Unique in the model.</param>
public sealed record RecurrentNode(string Name) : GraphNode(Name)
{
    /// <summary>The cell.</summary>
    public required CellKind Cell { get; init; }

    /// <summary>Whether the steps are taken from the last to the first.</summary>
    public bool Reverse { get; init; }

    /// <summary>T, the number of steps.</summary>
    public required int Steps { get; init; }

    /// <summary>I, the length of one step's input.</summary>
    public required int InputSize { get; init; }

    /// <summary>H, the number of units.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>The value read: [T,I] in time order.</summary>
    public required string X { get; init; }

    /// <summary>The value, possibly constant, the hidden state starts from: [H]; null is zero.</summary>
    public string? InitialH { get; init; }

    /// <summary>The value, possibly constant, the cell state starts from: [H]; null is zero. LSTM only.</summary>
    public string? InitialC { get; init; }

    /// <summary>The hidden state after each step: [T,H] in the time order of the input; null when nothing reads it.</summary>
    public string? Y { get; init; }

    /// <summary>The hidden state after the last step taken: [H]; null when nothing reads it.</summary>
    public string? FinalH { get; init; }

    /// <summary>The cell state after the last step taken: [H]; null when nothing reads it. LSTM only.</summary>
    public string? FinalC { get; init; }

    /// <summary>W, the input weights [G*H,I]; gates stacked i, o, f, c or z, r, h.</summary>
    public required FloatTensor InputWeights { get; init; }

    /// <summary>R, the recurrent weights [G*H,H]; gates stacked as in <see cref="InputWeights"/>.</summary>
    public required FloatTensor RecurrentWeights { get; init; }

    /// <summary>Wb, the bias of the input sum [G*H]; zeros when the source has none.</summary>
    public required FloatTensor InputBias { get; init; }

    /// <summary>Rb, the bias of the recurrent sum [G*H]; zeros when the source has none.</summary>
    public required FloatTensor RecurrentBias { get; init; }

    /// <summary>P, the peephole weights [3H] stacked i, o, f; null when the source has none. LSTM only.</summary>
    public FloatTensor? Peepholes { get; init; }

    /// <summary>The activations: LSTM f, g, h; GRU f, g; RNN f.</summary>
    public required IReadOnlyList<RecurrentActivation> Activations { get; init; }

    /// <summary>GRU: whether the reset gate multiplies the recurrent sum (true) or the hidden state (false).</summary>
    public bool LinearBeforeReset { get; init; }

    /// <summary>LSTM: whether the forget gate is 1 - input gate.</summary>
    public bool InputForget { get; init; }

    /// <summary>
    /// Bound on the magnitude of the gates' pre-activations; null for none. The cell state is not bounded, nor is what enters h.
    /// </summary>
    public float? Clip { get; init; }

    /// <summary>
    /// Whether every run begins from the initial state, also one that goes on from the run before: in a model that hands states on, a layer that is given none
    /// of them. It walks along another axis than time.
    /// </summary>
    public bool StartsAnew { get; init; }

    /// <summary>G, the number of gates: 4, 3 or 1.</summary>
    public int Gates => Cell switch { CellKind.Lstm => 4, CellKind.Gru => 3, _ => 1 };

    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [.. new[] { X, InitialH, InitialC }.OfType<string>()];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Outputs => [.. new[] { Y, FinalH, FinalC }.OfType<string>()];
}
