using Latch.Model;

namespace Latch.Runtime.Operators;

/// <summary>One multiplier and one bias per channel: the dense formula with a single weight.</summary>
internal sealed class AffineOperator(AffineOperation operation, TensorSlot[] slots, ModelWeights weights) : PlanOperator
{
    private readonly int[] _multipliers = weights.Integers(operation.Multipliers);
    private readonly int[] _bias = weights.Integers(operation.Bias);
    private readonly TensorSlot _input = slots[operation.Input];
    private readonly TensorSlot _output = slots[operation.Output];

    /// <inheritdoc/>
    public override void Execute(PlanMemory memory)
    {
        CodeSpan input = _input.In(memory.Arena), output = _output.In(memory.Arena);
        int index = 0;
        for (int outer = 0; outer < operation.Outer; outer++)
        {
            for (int channel = 0; channel < _multipliers.Length; channel++)
            {
                long constant = ((long)_bias[channel] << (operation.Shift - 7)) + (1L << (operation.Shift - 1));
                for (int inner = 0; inner < operation.Inner; inner++, index++)
                    output[index] = _output.Saturate((((long)(input[index] - _input.ZeroPoint) * _multipliers[channel]) + constant) >> operation.Shift);
            }
        }
    }
}
