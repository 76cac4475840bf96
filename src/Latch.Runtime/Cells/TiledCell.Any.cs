using System.Runtime.CompilerServices;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Cells;

/// <content>What <see cref="AnyPath"/> adds: functions unit by unit, forced gates, and what a probe sees. Values pass through working memory, so that no vector is kept over a call.</content>
internal abstract partial class TiledCell<TProduct, TLanes, TVector>
{
    /// <summary>Some gates of a tile by any path.</summary>
    protected void ActivateAny(RecurrentState state, int tile, int gate, int last, ref int a, ref int b)
    {
        ref int constants = ref Constants(tile, 0);
        for (int row = gate * TileShape.Units; row < last * TileShape.Units; row += TLanes.Count)
            ActivateAny(state, tile, row, Sum(ref a, ref b, ref constants, row));
    }

    /// <summary>By any path: through working memory, so that no value is kept over a call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected void ActivateAny(RecurrentState state, int tile, int row, TVector sum)
    {
        TLanes.Store(sum, ref state.Memory.Values);
        ActivateAny(state, tile, row / TileShape.Units, row % TileShape.Units);
    }

    /// <summary>f(z) of the values in working memory, z limited by the rule, unit by unit.</summary>
    protected static void ApplyEach(ref readonly GateRule rule, StepMemory memory)
    {
        for (int lane = 0; lane < TLanes.Count; lane++)
        {
            ref int value = ref Unsafe.Add(ref memory.Values, lane);
            value = Activation.Apply(rule.Function, Math.Clamp(value, -rule.Limit, rule.Limit));
        }
    }

    /// <summary>Stores a gate's values from working memory, or what they are forced to; a held unit keeps the value it had.</summary>
    protected static void SetGate(RecurrentState state, int tile, int gate, int lane)
    {
        for (int i = 0; i < TLanes.Count; i++)
        {
            ref int value = ref state.Gate(tile, gate, lane + i);
            value = state.Force(tile, gate, lane + i) switch
            {
                RecurrentState.Free => Unsafe.Add(ref state.Memory.Values, i),
                RecurrentState.Hold => value,
                int forced => forced,
            };
        }
    }

    /// <summary>Stores the codes of wide values, unit by unit; returns how many were limited.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    protected int EncodeEach(ref readonly int values, ref readonly CodeEncoding encoding, ref byte codes, int unit)
    {
        int saturated = 0;
        for (int lane = 0; lane < TLanes.Count; lane++)
        {
            long exact = encoding.Exact(Unsafe.Add(ref Unsafe.AsRef(in values), lane)), code = Math.Clamp(exact, encoding.Low, encoding.High);
            saturated += code != exact && unit + lane < Layer.HiddenSize ? 1 : 0;
            if (encoding.IsWide)
                Unsafe.Add(ref Unsafe.As<byte, short>(ref codes), unit + lane) = (short)code;
            else
                Unsafe.Add(ref codes, unit + lane) = (byte)code;
        }
        return saturated;
    }

    /// <summary>The gate of the sums in working memory: limited, kept and counted for a probe, activated, forced.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ActivateAny(RecurrentState state, int tile, int gate, int lane)
    {
        ref readonly GateRule rule = ref Rule(gate);
        StepMemory memory = state.Memory;
        for (int i = 0; i < TLanes.Count; i++)
        {
            int sum = Unsafe.Add(ref memory.Values, i), z = Math.Clamp(sum, -rule.Limit, rule.Limit);
            state.PreActivation(tile, gate, lane + i) = z;
            // Where there is no unit, the sum is 0.
            state.GateSaturations[gate] += z != sum ? 1 : 0;
        }
        TLanes lanes = Lanes;
        if (rule.Function.IsCurve)
            TLanes.Store(ApplyCurve(in lanes, in rule, TLanes.Load(in memory.Values)), ref memory.Values);
        else
            ApplyEach(in rule, memory);
        SetGate(state, tile, gate, lane);
    }
}
