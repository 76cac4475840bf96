using System.Runtime.CompilerServices;
using Latch.Model;
using static Latch.Runtime.Kernels.Activation;
using static Latch.Runtime.Kernels.Requantize;

namespace Latch.Runtime.Cells;

/// <summary>The LSTM of NUMERICS.md section 5.</summary>
internal sealed class LstmCell : Cell
{
    private const int InputGate = 0, OutputGate = 1, ForgetGate = 2, CellGate = 3;

    private readonly int[]? _peepholes;

    public LstmCell(RecurrentLayer layer, RecurrentRows rows)
        : base(layer, rows) => _peepholes = rows.Peepholes;

    /// <summary>One step: i, f, the candidate, c', o, h'.</summary>
    public void Step<TProbe>(CodeSpan input, RecurrentState state)
        where TProbe : struct, IGateProbe
    {
        Sum(input, state);
        SeeCell<TProbe>(InputGate, state);
        Activate(InputGate, Layer.GateActivation, state);
        SeeCell<TProbe>(ForgetGate, state);
        if (Layer.InputForget)
            ForgetByInput(state);
        else
            Activate(ForgetGate, Layer.GateActivation, state);
        PreActivate<TProbe>(CellGate, state);
        Activate(CellGate, Layer.CandidateActivation, state);
        UpdateCell<TProbe>(state);
        SeeCell<TProbe>(OutputGate, state);
        Activate(OutputGate, Layer.GateActivation, state);
        UpdateHidden(state);
        EncodeHidden<TProbe>(state);
    }

    /// <summary>c' = sat((f c + (i g >> k) + 2^23) >> 24), k = 24 - e.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void UpdateCell<TProbe>(RecurrentState state)
        where TProbe : struct, IGateProbe
    {
        Span<int> c = state.Cell;
        ReadOnlySpan<int> i = state.Gates.AsSpan(InputGate * Units, c.Length);
        ReadOnlySpan<int> f = state.Gates.AsSpan(ForgetGate * Units, c.Length);
        ReadOnlySpan<int> g = state.Gates.AsSpan(CellGate * Units, c.Length);
        int k = FractionBits - Layer.CellFractionBits, saturated = 0;
        for (int unit = 0; unit < c.Length; unit++)
        {
            long sum = (((long)f[unit] * c[unit]) + (((long)i[unit] * g[unit]) >> k) + (One >> 1)) >> FractionBits;
            int limited = Saturate(sum);
            if (Probing<TProbe>.IsOn && limited != sum)
                saturated++;
            c[unit] = limited;
        }
        if (Probing<TProbe>.IsOn)
            state.CellSaturations = saturated;
    }

    /// <summary>h' = mul(o, H(c')).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void UpdateHidden(RecurrentState state)
    {
        Span<int> h = state.Hidden;
        Span<int> shown = state.Values.AsSpan(0, h.Length);
        ReadOnlySpan<int> c = state.Cell.AsSpan(0, h.Length);
        ReadOnlySpan<int> o = state.Gates.AsSpan(OutputGate * Units, h.Length);
        int shift = Layer.CellFractionBits - PreActivationBits;
        long limit = Layer.OutputActivation.IsCurve ? CurveEnd : StraightEnd;
        for (int unit = 0; unit < shown.Length; unit++)
            shown[unit] = (int)Math.Clamp(RoundShift(c[unit], shift), -limit, limit);
        Apply(Layer.OutputActivation, shown, shown);
        for (int unit = 0; unit < h.Length; unit++)
            h[unit] = Saturate(Multiply(o[unit], shown[unit]));
    }

    /// <summary>The attribute input_forget: f = 1 - i, of the input gate as it is used.</summary>
    private void ForgetByInput(RecurrentState state)
    {
        ReadOnlySpan<int> i = state.Gates.AsSpan(InputGate * Units, Units);
        Span<int> f = state.Gates.AsSpan(ForgetGate * Units, Units);
        Span<int> free = state.Forces is null ? f : state.Values;
        for (int unit = 0; unit < i.Length; unit++)
            free[unit] = Saturate((long)One - i[unit]);
        if (state.Forces is not null)
            Merge(free, state.Forces.AsSpan(ForgetGate * Units, Units), f);
    }

    /// <summary>The pre-activation of a gate that has a peephole: + c MP within the sum.</summary>
    private void SeeCell<TProbe>(int gate, RecurrentState state)
        where TProbe : struct, IGateProbe
    {
        if (_peepholes is null)
            PreActivate<TProbe>(gate, state);
        else
            PreActivate<TProbe>(gate, state, state.Cell, _peepholes.AsSpan(gate * Units, Units));
    }
}
