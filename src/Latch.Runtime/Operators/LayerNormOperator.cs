using Latch.Model;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Operators;

/// <summary>Layer normalisation over the last axis (NUMERICS.md section 7).</summary>
internal sealed class LayerNormOperator(LayerNormOperation operation, TensorSlot[] slots, ModelWeights weights) : PlanOperator
{
    private readonly int[] _gain = weights.Integers(operation.Multipliers);
    private readonly int[] _bias = weights.Integers(operation.Bias);
    private readonly TensorSlot _input = slots[operation.Input];
    private readonly TensorSlot _output = slots[operation.Output];

    /// <inheritdoc/>
    public override void Execute(PlanMemory memory)
    {
        CodeSpan input = _input.In(memory.Arena), output = _output.In(memory.Arena);
        for (int outer = 0; outer < operation.Outer; outer++)
            Normalise(input.Slice(outer * operation.Axis, operation.Axis), output.Slice(outer * operation.Axis, operation.Axis));
    }

    private void Normalise(CodeSpan input, CodeSpan output)
    {
        long n = operation.Axis, sum = 0, squares = 0;
        for (int i = 0; i < input.Count; i++)
        {
            long d = input[i] - _input.ZeroPoint;
            sum += d;
            squares += d * d;
        }
        long root = (long)SquareRoot.Floor((ulong)((n * squares) - (sum * sum) + (n * n * operation.Epsilon)));
        for (int i = 0; i < input.Count; i++)
        {
            long normalised = (((n * (input[i] - _input.ZeroPoint)) - sum) << 22) / root;
            long value = (normalised * _gain[i]) + ((long)_bias[i] << (operation.Shift - 7));
            output[i] = _output.Saturate(Requantize.RoundShift(value, operation.Shift));
        }
    }
}
