using Latch.Import.Graph;

namespace Latch.Import.Reference;

/// <summary>An inner quantity of a recurrent cell at one step. G gates, H units; gates are stacked as in the weights.</summary>
public enum RecurrentQuantity
{
    /// <summary>W x + Wb: [G*H].</summary>
    InputSum,

    /// <summary>
    /// R h' + Rb: [G*H]. For a GRU that is not linear before reset, the rows of gate h are Rh (r h') + Rbh.
    /// </summary>
    RecurrentSum,

    /// <summary>What enters the gates' activations, with peepholes, reset and clip applied: [G*H].</summary>
    PreActivation,

    /// <summary>The gates, that is the activations' results: [G*H]. With coupled gates the forget rows hold 1 - i.</summary>
    Gate,

    /// <summary>r h' of a GRU that is not linear before reset: [H].</summary>
    ResetHidden,

    /// <summary>The cell state c of an LSTM after the step: [H].</summary>
    Cell,

    /// <summary>h(c), the activation of the LSTM's cell state: [H].</summary>
    CellActivation,

    /// <summary>The hidden state after the step: [H].</summary>
    Hidden,
}

/// <summary>Sees every quantity that a run of the float reference computes. Spans are valid during the call only.</summary>
public interface IReferenceObserver
{
    /// <summary>Called once per run for every input and for every value a node writes, in order of computation.</summary>
    /// <param name="name">The value's name.</param>
    /// <param name="data">Its elements in row-major order.</param>
    void OnValue(string name, ReadOnlySpan<float> data);

    /// <summary>Called for every step of every recurrent node, in the order the steps are taken.</summary>
    /// <param name="node">The node.</param>
    /// <param name="step">The position in the input's time order: 0 to T - 1.</param>
    /// <param name="quantity">What the numbers are.</param>
    /// <param name="data">The numbers; their count is at <see cref="RecurrentQuantity"/>.</param>
    void OnGate(RecurrentNode node, int step, RecurrentQuantity quantity, ReadOnlySpan<float> data);

    /// <summary>What a convolution's rows of weights are multiplied with, once per window of each batch row.</summary>
    /// <param name="node">The convolution, of one group.</param>
    /// <param name="seen">The elements that the window sees, [C, K..] row-major; zeros outside of the input.</param>
    void OnWindow(ConvNode node, ReadOnlySpan<float> seen)
    {
    }
}
