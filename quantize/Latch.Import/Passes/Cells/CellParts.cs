using Latch.Import.Graph;

namespace Latch.Import.Passes.Cells;

/// <summary>A cell that was found in a graph: what it computes, from what, and into which values.</summary>
internal sealed class CellParts
{
    public required CellKind Kind { get; init; }

    /// <summary>The activations, as <see cref="RecurrentNode.Activations"/>.</summary>
    public required RecurrentActivation[] Activations { get; init; }

    /// <summary>What each gate's activation is taken of, in the order of <see cref="RecurrentNode"/>; of a GRU's hidden gate the part outside of the reset.</summary>
    public required LinearForm[] Gates { get; init; }

    /// <summary>The hidden state of the step before.</summary>
    public required Elements Hidden { get; init; }

    /// <summary>The cell state of the step before; LSTM only.</summary>
    public Elements? Cell { get; init; }

    /// <summary>The value that is the hidden state of this step.</summary>
    public required string NewHidden { get; init; }

    /// <summary>The value that is the cell state of this step; LSTM only.</summary>
    public string? NewCell { get; init; }

    /// <summary>GRU: what the reset gate multiplies; its bias stays with the recurrent sum.</summary>
    public LinearForm? Reset { get; init; }

    /// <summary>GRU: whether the reset gate multiplies the recurrent sum.</summary>
    public bool LinearBeforeReset { get; init; }

    /// <summary>The vectors besides the states that the gates read: the step's input.</summary>
    public IReadOnlyList<Elements> Inputs => [.. Gates.SelectMany(gate => gate.Sources).Where(source => source.Key != Hidden.Key).DistinctBy(source => source.Key)];
}
