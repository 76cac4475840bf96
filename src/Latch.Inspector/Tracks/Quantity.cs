using Latch.Model;
using Latch.Runtime;

namespace Latch.Inspector.Tracks;

/// <summary>One thing a recurrent layer holds per unit and step.</summary>
/// <param name="Id">Name in addresses: a gate's name, c or h.</param>
/// <param name="Title">What the page shows.</param>
/// <param name="Kind">gate, candidate, cell or hidden.</param>
/// <param name="FractionBits">real = code / 2^FractionBits.</param>
/// <param name="Low">Smallest value to expect.</param>
/// <param name="High">Largest value to expect.</param>
/// <param name="Forceable">Whether the gate can be forced.</param>
internal sealed record Quantity(string Id, string Title, string Kind, int FractionBits, double Low, double High, bool Forceable)
{
    private const int GateBits = 24;
    private const double Unbounded = 16;

    /// <summary>A layer's quantities: gates in storage order, then c (LSTM), then h.</summary>
    public static IReadOnlyList<Quantity> Of(RecurrentLayer layer)
    {
        List<Quantity> quantities = [];
        foreach (Gate gate in GateOrder.Of(layer.Kind))
            quantities.Add(OfGate(layer, gate));
        if (layer.Kind == CellKind.Lstm)
        {
            double range = layer.CellRange > 0 ? layer.CellRange : 1;
            quantities.Add(new Quantity("c", "cell state c", "cell", layer.CellFractionBits, -range, range, false));
        }
        (double low, double high) = HiddenRange(layer);
        quantities.Add(new Quantity("h", "hidden state h", "hidden", GateBits, low, high, false));
        return quantities;
    }

    /// <summary>The real value of a code.</summary>
    public double ToReal(int code) => Math.ScaleB(code, -FractionBits);

    private static Quantity OfGate(RecurrentLayer layer, Gate gate)
    {
        string name = gate.ToString().ToLowerInvariant();
        bool candidate = gate is Gate.Cell or Gate.Hidden;
        ActivationFunction function = candidate && layer.Kind != CellKind.Rnn ? layer.CandidateActivation : layer.GateActivation;
        (double low, double high) = Range(function.Kind);
        return new Quantity(name, candidate ? $"{name} gate (candidate)" : $"{name} gate", candidate ? "candidate" : "gate", GateBits, low, high, !candidate);
    }

    private static (double Low, double High) HiddenRange(RecurrentLayer layer) => layer.Kind switch
    {
        CellKind.Lstm => Range(layer.OutputActivation.Kind),
        CellKind.Gru => Range(layer.CandidateActivation.Kind),
        _ => Range(layer.GateActivation.Kind),
    };

    private static (double Low, double High) Range(ActivationKind kind) => kind switch
    {
        ActivationKind.Sigmoid or ActivationKind.HardSigmoid => (0, 1),
        ActivationKind.Tanh or ActivationKind.Softsign => (-1, 1),
        ActivationKind.Relu or ActivationKind.Softplus => (0, Unbounded),
        _ => (-Unbounded, Unbounded),
    };
}
