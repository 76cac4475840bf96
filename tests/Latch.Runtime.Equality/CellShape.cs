using Latch.Model;

namespace Latch.Runtime.Equality;

/// <summary>How the integer sums of a model's rows relate to what is computed from them.</summary>
internal enum SumProfile
{
    /// <summary>Straight activations, sums centred so that one unit in a sum changes the result.</summary>
    Exact,

    /// <summary>Pre-activations over the whole range of the curves.</summary>
    Curved,

    /// <summary>Pre-activations far beyond their limits.</summary>
    Saturating,

    /// <summary>Powers of two as multipliers, so that half of all roundings are ties.</summary>
    Ties,
}

/// <summary>What one recurrent layer of the checks is made of.</summary>
internal sealed record CellShape(CellKind Kind, int Inputs, int Units)
{
    public bool LinearBeforeReset { get; init; }

    public bool Wide { get; init; }

    public SumProfile Profile { get; init; }

    public bool Peepholes { get; init; }

    public bool InputForget { get; init; }

    public bool Reverse { get; init; }

    public int CellFractionBits { get; init; } = 24;

    public ActivationFunction? Gate { get; init; }

    public ActivationFunction? Candidate { get; init; }

    public ActivationFunction? Output { get; init; }

    /// <summary>The encoding of every code; null for one that fits the profile.</summary>
    public Rescale? Encoding { get; init; }

    /// <summary>Places by which multipliers and shift are larger than the profile needs.</summary>
    public int Places { get; init; }

    public int Seed { get; init; }

    public int Gates => Kind switch { CellKind.Lstm => 4, CellKind.Gru => 3, _ => 1 };

    public ElementType Type => Wide ? ElementType.Int16 : ElementType.Int8;

    /// <summary>Hidden state, cell state and gates: what a session saves of the layer.</summary>
    public int StateIntegers => Units * ((Kind == CellKind.Lstm ? 2 : 1) + Gates);

    /// <summary>The cells with every formula that differs.</summary>
    public static IEnumerable<CellShape> EveryCell(int inputs, int units) =>
    [
        new(CellKind.Lstm, inputs, units),
        new(CellKind.Gru, inputs, units) { LinearBeforeReset = true },
        new(CellKind.Gru, inputs, units),
        new(CellKind.Rnn, inputs, units),
    ];
}
