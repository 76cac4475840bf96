using System.Runtime.CompilerServices;
using Latch.Model;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Operators;

/// <summary>y = sat(((A M + K) >> S) + z_y), or f of the sum in Q.13 (NUMERICS.md section 6).</summary>
internal sealed class DenseOperator : PlanOperator
{
    private readonly DenseOperation _operation;
    private readonly Kernel _kernel;
    private readonly PackedMatrix _weights;
    private readonly int[] _multipliers;
    private readonly long[] _constants;
    private readonly TensorSlot _input;
    private readonly TensorSlot _output;

    public DenseOperator(DenseOperation operation, IReadOnlyList<TensorSlot> slots, ModelWeights weights)
    {
        _operation = operation;
        _kernel = weights.Kernel;
        _weights = weights.Pack(operation.Weights);
        _multipliers = weights.Integers(operation.Multipliers);
        _input = slots[operation.Input];
        _output = slots[operation.Output];
        _constants = Constants(operation, weights, _multipliers, _input.ZeroPoint);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(PlanMemory memory)
    {
        CodeSpan input = _input.In(memory.Arena);
        CodeSpan output = _output.In(memory.Arena);
        int rows = _weights.Rows;
        Span<int> sums = memory.Sums.AsSpan(0, rows);
        for (int row = 0; row < _operation.Rows; row++)
        {
            _kernel.Multiply(_weights, input.Slice(row * _weights.Columns, _weights.Columns), sums);
            CodeSpan result = output.Slice(row * rows, rows);
            if (_operation.Activation is { } function)
                WriteActivated(function, sums, result);
            else
                Write(sums, result);
        }
    }

    private static long[] Constants(DenseOperation operation, ModelWeights weights, int[] multipliers, int zeroPoint)
    {
        ConstantTensor matrix = weights.Tensor(operation.Weights);
        int[] bias = weights.Integers(operation.Bias);
        int columns = matrix.Shape[1];
        var constants = new long[multipliers.Length];
        for (int row = 0; row < constants.Length; row++)
        {
            int sum = 0;
            foreach (sbyte weight in matrix.Int8.Slice(row * columns, columns))
                sum += weight;
            constants[row] = ((long)bias[row] << (operation.Shift - 7)) + (1L << (operation.Shift - 1)) - ((long)zeroPoint * multipliers[row] * sum);
        }
        return constants;
    }

    private void Write(ReadOnlySpan<int> sums, CodeSpan result)
    {
        long low = Math.Max(_operation.MinCode, _output.MinCode), high = _output.MaxCode;
        for (int row = 0; row < sums.Length; row++)
        {
            long value = (((long)sums[row] * _multipliers[row]) + _constants[row]) >> _operation.Shift;
            result[row] = (int)Math.Clamp(value + _output.ZeroPoint, low, high);
        }
    }

    private void WriteActivated(ActivationFunction function, Span<int> sums, CodeSpan result)
    {
        long limit = _operation.PreActivationLimit;
        for (int row = 0; row < sums.Length; row++)
            sums[row] = (int)Math.Clamp((((long)sums[row] * _multipliers[row]) + _constants[row]) >> _operation.Shift, -limit, limit);
        Activation.Apply(function, sums, sums);
        Cells.Cell.Encode<NoGateProbe>(sums, _operation.OutputRescale, _output.ZeroPoint, result);
    }
}
