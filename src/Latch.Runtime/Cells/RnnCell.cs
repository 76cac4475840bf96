using Latch.Model;

namespace Latch.Runtime.Cells;

/// <summary>The simple recurrent cell: h' = F(W x + R h + b).</summary>
internal sealed class RnnCell(RecurrentLayer layer, RecurrentRows rows) : Cell(layer, rows)
{
    private const int HiddenGate = 0;

    /// <summary>One step.</summary>
    public void Step<TProbe>(CodeSpan input, RecurrentState state)
        where TProbe : struct, IGateProbe
    {
        Sum(input, state);
        PreActivate<TProbe>(HiddenGate, state);
        Activate(HiddenGate, Layer.GateActivation, state);
        state.Gates.CopyTo(state.Hidden, 0);
        EncodeHidden<TProbe>(state);
    }
}
