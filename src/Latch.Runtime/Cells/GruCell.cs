using System.Runtime.CompilerServices;
using Latch.Model;
using Latch.Runtime.Kernels;
using static Latch.Runtime.Kernels.Requantize;

namespace Latch.Runtime.Cells;

/// <summary>The GRU of NUMERICS.md section 5, in both forms of linear_before_reset.</summary>
internal sealed class GruCell : Cell
{
    private const int UpdateGate = 0, ResetGate = 1, HiddenGate = 2;

    /// <summary>Limit of p: 2^13 in Q.13.</summary>
    private const long LargestRecurrent = 1 << 26;

    private readonly RecurrentRows _rows;

    public GruCell(RecurrentLayer layer, RecurrentRows rows)
        : base(layer, rows) => _rows = rows;

    /// <summary>One step: z, r, the candidate n, h'.</summary>
    public void Step<TProbe>(CodeSpan input, RecurrentState state)
        where TProbe : struct, IGateProbe
    {
        Sum(input, state);
        PreActivate<TProbe>(UpdateGate, state);
        Activate(UpdateGate, Layer.GateActivation, state);
        PreActivate<TProbe>(ResetGate, state);
        Activate(ResetGate, Layer.GateActivation, state);
        if (Layer.LinearBeforeReset)
            ResetProduct<TProbe>(state);
        else
            ResetState<TProbe>(state);
        Activate(HiddenGate, Layer.CandidateActivation, state);
        UpdateHidden(state);
        EncodeHidden<TProbe>(state);
    }

    /// <summary>linear_before_reset = 0: the hidden gate's product takes the codes of mul(r, h).</summary>
    private void ResetState<TProbe>(RecurrentState state)
        where TProbe : struct, IGateProbe
    {
        ReadOnlySpan<int> r = state.Gates.AsSpan(ResetGate * Units, Units);
        for (int unit = 0; unit < r.Length; unit++)
            state.Values[unit] = Saturate(Multiply(r[unit], state.Hidden[unit]));
        Encode<NoGateProbe>(state.Values, Layer.ResetHiddenRescale, Layer.ResetHidden!.ZeroPoint, state.ResetCodes);
        _rows.Kernel.Multiply(_rows.ResetWeights!, state.ResetCodes, state.RecurrentSums.AsSpan(HiddenGate * Units, Units));
        PreActivate<TProbe>(HiddenGate, state);
    }

    /// <summary>linear_before_reset = 1: p = (B MB + KB) >> S limited; z_h = sat(((A MA + KA) >> S) + mul(r, p), -L, L).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ResetProduct<TProbe>(RecurrentState state)
        where TProbe : struct, IGateProbe
    {
        int first = HiddenGate * Units, shift = Layer.Shift, saturated = 0;
        long limit = Layer.PreActivationLimits[HiddenGate];
        Span<int> z = state.PreActivations.AsSpan(first, Units);
        ReadOnlySpan<int> a = state.InputSums.AsSpan(first, z.Length), b = state.RecurrentSums.AsSpan(first, z.Length);
        ReadOnlySpan<int> ma = _rows.InputMultipliers.AsSpan(first, z.Length), mb = _rows.RecurrentMultipliers.AsSpan(first, z.Length);
        ReadOnlySpan<long> ka = _rows.Constants.AsSpan(first, z.Length), kb = _rows.RecurrentConstants.AsSpan(0, z.Length);
        ReadOnlySpan<int> r = state.Gates.AsSpan(ResetGate * Units, z.Length);
        for (int unit = 0; unit < z.Length; unit++)
        {
            long p = Math.Clamp((((long)b[unit] * mb[unit]) + kb[unit]) >> shift, -LargestRecurrent, LargestRecurrent);
            long sum = ((((long)a[unit] * ma[unit]) + ka[unit]) >> shift) + Multiply(r[unit], p);
            long limited = Math.Clamp(sum, -limit, limit);
            if (Probing<TProbe>.IsOn && limited != sum)
                saturated++;
            z[unit] = (int)limited;
        }
        if (Probing<TProbe>.IsOn)
            state.GateSaturations[HiddenGate] = saturated;
    }

    /// <summary>h' = n + mul(z, h - n).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void UpdateHidden(RecurrentState state)
    {
        Span<int> h = state.Hidden;
        ReadOnlySpan<int> z = state.Gates.AsSpan(UpdateGate * Units, h.Length);
        ReadOnlySpan<int> n = state.Gates.AsSpan(HiddenGate * Units, h.Length);
        for (int unit = 0; unit < h.Length; unit++)
            h[unit] = Saturate(n[unit] + Multiply(z[unit], (long)h[unit] - n[unit]));
    }
}
