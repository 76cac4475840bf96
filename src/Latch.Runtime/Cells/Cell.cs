using System.Runtime.CompilerServices;
using Latch.Model;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Cells;

/// <summary>What the three cells share: the two sums of a row, their one rounding, and the codes of the hidden state.</summary>
internal abstract class Cell
{
    private readonly Kernel _kernel;
    private readonly PackedMatrix _inputWeights;
    private readonly PackedMatrix _recurrentWeights;
    private readonly int[] _inputMultipliers;
    private readonly int[] _recurrentMultipliers;
    private readonly long[] _constants;

    protected Cell(RecurrentLayer layer, RecurrentRows rows)
    {
        Layer = layer;
        _kernel = rows.Kernel;
        _inputWeights = rows.InputWeights;
        _recurrentWeights = rows.RecurrentWeights;
        _inputMultipliers = rows.InputMultipliers;
        _recurrentMultipliers = rows.RecurrentMultipliers;
        _constants = rows.Constants;
    }

    public RecurrentLayer Layer { get; }

    protected int Units => Layer.HiddenSize;

    public static Cell Create(RecurrentLayer layer, RecurrentRows rows) => layer.Kind switch
    {
        CellKind.Lstm => new LstmCell(layer, rows),
        CellKind.Gru => new GruCell(layer, rows),
        _ => new RnnCell(layer, rows),
    };

    /// <summary>Writes the codes of the wide hidden state for the next recurrent product.</summary>
    public void EncodeHidden<TProbe>(RecurrentState state)
        where TProbe : struct, IGateProbe
    {
        int saturated = Encode<TProbe>(state.Hidden, Layer.HiddenRescale, Layer.Hidden.ZeroPoint, state.HiddenCodes);
        if (Probing<TProbe>.IsOn)
            state.HiddenSaturations = saturated;
    }

    /// <summary>q = sat(rsh(v M, S) + z); returns how many codes were limited, when probed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Encode<TProbe>(ReadOnlySpan<int> values, Rescale rescale, int zeroPoint, CodeSpan codes)
        where TProbe : struct, IGateProbe
    {
        int saturated = 0;
        long low = codes.IsWide ? short.MinValue : sbyte.MinValue, high = codes.IsWide ? short.MaxValue : sbyte.MaxValue;
        for (int i = 0; i < values.Length; i++)
        {
            long exact = Requantize.Apply(values[i], rescale) + zeroPoint;
            long code = Math.Clamp(exact, low, high);
            if (Probing<TProbe>.IsOn && code != exact)
                saturated++;
            codes[i] = (int)code;
        }
        return saturated;
    }

    /// <summary>A = W x for every row, B = R h for the rows that take the hidden state's codes.</summary>
    protected void Sum(CodeSpan input, RecurrentState state)
    {
        _kernel.Multiply(_inputWeights, input, state.InputSums);
        _kernel.Multiply(_recurrentWeights, state.HiddenCodes, state.RecurrentSums.AsSpan(0, _recurrentWeights.Rows));
    }

    /// <summary>z = sat((A MA + B MB + K) >> S, -L, L) for one gate.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected void PreActivate<TProbe>(int gate, RecurrentState state)
        where TProbe : struct, IGateProbe
    {
        int first = gate * Units, shift = Layer.Shift, saturated = 0;
        long limit = Layer.PreActivationLimits[gate];
        Span<int> z = state.PreActivations.AsSpan(first, Units);
        ReadOnlySpan<int> a = state.InputSums.AsSpan(first, z.Length), b = state.RecurrentSums.AsSpan(first, z.Length);
        ReadOnlySpan<int> ma = _inputMultipliers.AsSpan(first, z.Length), mb = _recurrentMultipliers.AsSpan(first, z.Length);
        ReadOnlySpan<long> k = _constants.AsSpan(first, z.Length);
        for (int unit = 0; unit < z.Length; unit++)
        {
            long sum = (((long)a[unit] * ma[unit]) + ((long)b[unit] * mb[unit]) + k[unit]) >> shift;
            long limited = Math.Clamp(sum, -limit, limit);
            if (Probing<TProbe>.IsOn && limited != sum)
                saturated++;
            z[unit] = (int)limited;
        }
        if (Probing<TProbe>.IsOn)
            state.GateSaturations[gate] = saturated;
    }

    /// <summary>z = sat((A MA + B MB + c MP + K) >> S, -L, L) for one gate that sees the cell.</summary>
    protected void PreActivate<TProbe>(int gate, RecurrentState state, ReadOnlySpan<int> cell, ReadOnlySpan<int> peepholes)
        where TProbe : struct, IGateProbe
    {
        int first = gate * Units, saturated = 0;
        long limit = Layer.PreActivationLimits[gate];
        for (int unit = 0; unit < Units; unit++)
        {
            int row = first + unit;
            long sum = ((long)state.InputSums[row] * _inputMultipliers[row]) + ((long)state.RecurrentSums[row] * _recurrentMultipliers[row])
                + ((long)cell[unit] * peepholes[unit]) + _constants[row];
            long shifted = sum >> Layer.Shift;
            long limited = Math.Clamp(shifted, -limit, limit);
            if (Probing<TProbe>.IsOn && limited != shifted)
                saturated++;
            state.PreActivations[row] = (int)limited;
        }
        if (Probing<TProbe>.IsOn)
            state.GateSaturations[gate] = saturated;
    }

    /// <summary>The gate's values from its pre-activations, or what it is forced to.</summary>
    protected void Activate(int gate, ActivationFunction function, RecurrentState state)
    {
        ReadOnlySpan<int> z = state.PreActivations.AsSpan(gate * Units, Units);
        Span<int> values = state.Gates.AsSpan(gate * Units, Units);
        if (state.Forces is null)
        {
            Activation.Apply(function, z, values);
            return;
        }
        Activation.Apply(function, z, state.Values);
        Merge(state.Values, state.Forces.AsSpan(gate * Units, Units), values);
    }

    /// <summary>Takes the free values and the forced ones; a held unit keeps the value it had.</summary>
    protected static void Merge(ReadOnlySpan<int> free, ReadOnlySpan<byte> forces, Span<int> values)
    {
        for (int unit = 0; unit < values.Length; unit++)
        {
            values[unit] = forces[unit] switch
            {
                RecurrentState.Free => free[unit],
                (byte)GateForce.Open + 1 => Requantize.One,
                (byte)GateForce.Closed + 1 => 0,
                _ => values[unit],
            };
        }
    }
}
