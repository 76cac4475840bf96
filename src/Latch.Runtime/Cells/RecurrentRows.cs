using Latch.Model;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Cells;

/// <summary>What the rows of a layer add to the products: multipliers and the constants K (NUMERICS.md section 3), in storage order.</summary>
internal sealed class RecurrentRows
{
    private const int HalfWord = 32;

    public RecurrentRows(RecurrentLayer layer, IReadOnlyDictionary<string, ConstantTensor> constants)
    {
        int units = layer.HiddenSize, rows = layer.GateCount * units;
        bool gru = layer.Kind == CellKind.Gru;
        int shared = gru && !layer.LinearBeforeReset ? 2 * units : rows;
        ReadOnlySpan<sbyte> inputWeights = constants[layer.InputWeights].Int8;
        ReadOnlySpan<sbyte> recurrentWeights = constants[layer.RecurrentWeights].Int8;
        InputMultipliers = constants[layer.InputMultipliers].Int32.ToArray();
        RecurrentMultipliers = constants[layer.RecurrentMultipliers].Int32.ToArray();
        Peepholes = layer.Peepholes is { } peepholes ? constants[peepholes].Int32.ToArray() : null;

        ReadOnlySpan<int> bias = constants[layer.Bias].Int32;
        ReadOnlySpan<int> recurrentBias = layer.RecurrentBias is { } name ? constants[name].Int32 : [];
        int biasShift = layer.Shift + Requantize.PreActivationBits - layer.BiasFractionBits;
        long half = 1L << (layer.Shift - 1);
        Constants = new long[rows];
        RecurrentConstants = new long[gru && layer.LinearBeforeReset ? units : 0];
        for (int row = 0; row < rows; row++)
        {
            int stateZero = row >= shared ? layer.ResetHidden!.ZeroPoint : layer.Hidden.ZeroPoint;
            long recurrent = (long)stateZero * RecurrentMultipliers[row] * Sum(recurrentWeights.Slice(row * units, units));
            long input = (long)layer.Input.ZeroPoint * InputMultipliers[row] * Sum(inputWeights.Slice(row * layer.InputSize, layer.InputSize));
            Constants[row] = ((long)bias[row] << biasShift) + half - input;
            if (row >= 2 * units && RecurrentConstants.Length > 0)
                RecurrentConstants[row - (2 * units)] = ((long)recurrentBias[row - (2 * units)] << biasShift) + half - recurrent;
            else
                Constants[row] -= recurrent;
        }
        Shift = layer.Shift;
        Raise(HalfWord - layer.Shift);
    }

    /// <summary>S of these multipliers and constants: 32 where all multipliers have room for it, else the layer's.</summary>
    public int Shift { get; private set; }

    public int[] InputMultipliers { get; }

    public int[] RecurrentMultipliers { get; }

    /// <summary>MP [3 H], gates i, o, f; null without peepholes.</summary>
    public int[]? Peepholes { get; }

    /// <summary>K per row; for the hidden gate of a GRU with linear before reset KA.</summary>
    public long[] Constants { get; }

    /// <summary>KB of the hidden gate of a GRU with linear before reset, else empty.</summary>
    public long[] RecurrentConstants { get; }

    /// <summary>
    /// Multiplies everything by 2^places, so that a shift by 32 gives the same result, which then is the high half of 64 bits: lanes take it without shifting.
    /// A sum stays within 64 bits, as the result is known to fit 32.
    /// </summary>
    private void Raise(int places)
    {
        int[][] multipliers = [InputMultipliers, RecurrentMultipliers, Peepholes ?? []];
        if (places <= 0 || multipliers.Any(rows => rows.Any(multiplier => Math.Abs((long)multiplier) << places > int.MaxValue)))
            return;
        Shift += places;
        foreach (int[] rows in multipliers)
        {
            foreach (ref int multiplier in rows.AsSpan())
                multiplier <<= places;
        }
        foreach (ref long constant in Constants.AsSpan())
            constant <<= places;
        foreach (ref long constant in RecurrentConstants.AsSpan())
            constant <<= places;
    }

    private static int Sum(ReadOnlySpan<sbyte> weights)
    {
        int sum = 0;
        foreach (sbyte weight in weights)
            sum += weight;
        return sum;
    }
}
