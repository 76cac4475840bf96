using Latch.Model.Validation;

namespace Latch.Model;

/// <summary>
/// The bounds of NUMERICS.md section 8: with them no accumulator of the runtime can overflow. The builder calls this before it writes a model,
/// the loader before it uses one.
/// </summary>
public static class AccumulatorBounds
{
    /// <summary>The largest magnitude of a code: 128 for int8, 32768 for int16.</summary>
    public static int LargestCode(ElementType type) => type == ElementType.Int8 ? 128 : 32768;

    /// <summary>True when the sum of code x weight over one row stays within 32 bits for every input.</summary>
    /// <param name="weights">One row of weights.</param>
    /// <param name="input">Element type of the codes the row is multiplied with.</param>
    public static bool RowFits(ReadOnlySpan<sbyte> weights, ElementType input) => RowSums.Of(weights).Magnitude * LargestCode(input) <= int.MaxValue;

    /// <summary>Checks every recurrent layer and every operation of both plans.</summary>
    /// <returns>The first broken bound in words (what and where), or null when all hold.</returns>
    public static string? FindViolation(ModelDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        foreach (RecurrentLayer layer in definition.Layers)
        {
            if (FindViolation(definition, layer) is { } violation)
                return violation;
        }
        return FindViolation(definition, definition.Step) ?? FindViolation(definition, definition.Sequence);
    }

    private static string? FindViolation(ModelDefinition definition, Plan? plan)
    {
        foreach (Operation operation in plan?.Operations ?? [])
        {
            if (FindViolation(definition, plan!, operation) is { } violation)
                return violation;
        }
        return null;
    }

    private static string? FindViolation(ModelDefinition definition, RecurrentLayer layer)
    {
        int hidden = layer.HiddenSize;
        bool resetBefore = layer.Kind == CellKind.Gru && !layer.LinearBeforeReset;
        ReadOnlySpan<sbyte> inputWeights = definition.Constants[layer.InputWeights].Int8;
        ReadOnlySpan<sbyte> recurrentWeights = definition.Constants[layer.RecurrentWeights].Int8;
        ReadOnlySpan<int> inputMultipliers = definition.Constants[layer.InputMultipliers].Int32;
        ReadOnlySpan<int> recurrentMultipliers = definition.Constants[layer.RecurrentMultipliers].Int32;
        ReadOnlySpan<int> biases = definition.Constants[layer.Bias].Int32;
        ReadOnlySpan<int> recurrentBiases = layer.RecurrentBias is { } name ? definition.Constants[name].Int32 : [];
        ReadOnlySpan<int> peepholes = layer.Peepholes is { } peephole ? definition.Constants[peephole].Int32 : [];
        int biasShift = layer.Shift + 13 - layer.BiasFractionBits;
        for (int row = 0; row < layer.GateCount * hidden; row++)
        {
            bool candidateRow = layer.Kind == CellKind.Gru && row >= 2 * hidden;
            Quantization state = candidateRow && resetBefore ? layer.ResetHidden! : layer.Hidden;
            var input = new RowBound(inputWeights.Slice(row * layer.InputSize, layer.InputSize), layer.Input, inputMultipliers[row]);
            var recurrent = new RowBound(recurrentWeights.Slice(row * hidden, hidden), state, recurrentMultipliers[row]);
            bool apart = candidateRow && layer.LinearBeforeReset;
            Int128 bias = (Int128)biases[row] << biasShift;
            Int128 largestPeephole = row < peepholes.Length ? Int128.Abs(peepholes[row]) << 31 : 0;
            string? violation = apart
                ? input.FindViolation(bias, layer.Shift) ?? recurrent.FindViolation((Int128)recurrentBiases[row - (2 * hidden)] << biasShift, layer.Shift)
                : input.FindViolation(bias, layer.Shift, recurrent, largestPeephole);
            if (violation is not null)
                return $"Layer '{layer.Name}', row {row}: {violation}";
        }
        return null;
    }

    private static string? FindViolation(ModelDefinition definition, Plan plan, Operation operation) => operation switch
    {
        WeightedOperation weighted => FindViolation(definition, plan, weighted),
        AffineOperation affine => FindViolation(definition, affine),
        LayerNormOperation norm => FindViolation(definition, norm),
        _ => null,
    };

    private static string? FindViolation(ModelDefinition definition, Plan plan, WeightedOperation weighted)
    {
        ConstantTensor weights = definition.Constants[weighted.Weights];
        ReadOnlySpan<int> multipliers = definition.Constants[weighted.Multipliers].Int32;
        ReadOnlySpan<int> biases = definition.Constants[weighted.Bias].Int32;
        int columns = weights.Shape[1];
        for (int row = 0; row < weights.Shape[0]; row++)
        {
            var bound = new RowBound(weights.Int8.Slice(row * columns, columns), plan.Tensors[weighted.Input].Quantization, multipliers[row]);
            if (bound.FindViolation((Int128)biases[row] << (weighted.Shift - 7), weighted.Shift) is { } violation)
                return $"{Kind(weighted)} '{weighted.Name}', row {row}: {violation}";
        }
        return null;
    }

    private static string Kind(WeightedOperation operation) => operation is ConvOperation ? "Convolution" : "Dense";

    private static string? FindViolation(ModelDefinition definition, AffineOperation affine)
    {
        ReadOnlySpan<int> multipliers = definition.Constants[affine.Multipliers].Int32;
        ReadOnlySpan<int> bias = definition.Constants[affine.Bias].Int32;
        for (int channel = 0; channel < multipliers.Length; channel++)
        {
            Int128 total = (Int128.Abs(multipliers[channel]) << 17) + (Int128.Abs(bias[channel]) << (affine.Shift - 7)) + (Int128.One << (affine.Shift - 1));
            if (total > long.MaxValue)
                return $"Affine '{affine.Name}', channel {channel}: the sum needs more than 64 bits; use a smaller shift than {affine.Shift}.";
        }
        return null;
    }

    private static string? FindViolation(ModelDefinition definition, LayerNormOperation norm)
    {
        // |n d - D| < n 2^17, so V <= n^2 (2^34 + eps'); the normalised value is at most 2 sqrt(n) in Q.22 (the root is rounded down).
        Int128 squares = (Int128)norm.Axis * norm.Axis * ((Int128.One << 34) + norm.Epsilon);
        if (squares > long.MaxValue)
            return $"Layer norm '{norm.Name}': the sum of squares over {norm.Axis} values with epsilon {norm.Epsilon} needs more than 64 bits.";
        ReadOnlySpan<int> multipliers = definition.Constants[norm.Multipliers].Int32;
        ReadOnlySpan<int> bias = definition.Constants[norm.Bias].Int32;
        Int128 normalised = (Int128)Math.Ceiling(2 * Math.Sqrt(norm.Axis)) << 22;
        for (int channel = 0; channel < multipliers.Length; channel++)
        {
            Int128 total = (Int128.Abs(multipliers[channel]) * normalised) + (Int128.Abs(bias[channel]) << (norm.Shift - 7)) + (Int128.One << (norm.Shift - 1));
            if (total > long.MaxValue)
                return $"Layer norm '{norm.Name}', channel {channel}: the sum needs more than 64 bits; use a smaller shift than {norm.Shift}.";
        }
        return null;
    }

    /// <summary>One row's sum with its multiplier: the magnitudes it can reach.</summary>
    private readonly struct RowBound
    {
        private readonly bool _hasMinimum;
        private readonly long _largestSum;
        private readonly Int128 _zeroPointTerm;
        private readonly int _multiplier;

        public RowBound(ReadOnlySpan<sbyte> weights, Quantization codes, int multiplier)
        {
            RowSums sums = RowSums.Of(weights);
            _hasMinimum = sums.Smallest == sbyte.MinValue;
            _largestSum = sums.Magnitude * LargestCode(codes.Type);
            _multiplier = multiplier;
            _zeroPointTerm = (Int128)codes.ZeroPoint * multiplier * sums.Signed;
        }

        private Int128 LargestProduct => (Int128)_largestSum * _multiplier;

        /// <returns>What is wrong with the row, or null.</returns>
        public string? FindViolation(Int128 bias, int shift, RowBound? other = null, Int128 peephole = default)
        {
            if (FindOwnViolation() is { } own)
                return own;
            if (other?.FindOwnViolation() is { } others)
                return others;
            Int128 constant = bias + (Int128.One << (shift - 1)) - _zeroPointTerm - (other?._zeroPointTerm ?? 0);
            Int128 total = LargestProduct + (other?.LargestProduct ?? 0) + peephole + Int128.Abs(constant);
            if (total > long.MaxValue)
                return $"the rescaled sum needs more than 64 bits; use a smaller shift than {shift}.";
            return total >> shift > int.MaxValue ? $"the sum exceeds 32 bits after the shift by {shift}; use a larger weight scale." : null;
        }

        private string? FindOwnViolation()
        {
            if (_hasMinimum)
                return "holds the weight -128; weights lie in -127..127.";
            if (_multiplier < 0)
                return $"holds the negative multiplier {_multiplier}; multipliers lie in 0..2^31-1.";
            return _largestSum > int.MaxValue ? $"the sum of code x weight can reach {_largestSum}, more than 32 bits; use a larger weight scale." : null;
        }
    }
}
