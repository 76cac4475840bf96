using Latch.Model;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Operators;

/// <summary>z = rsh((x - z_x) M1, S1) limited, f, y = sat(rsh(f M2, S2) + z_y).</summary>
internal sealed class ActivationOperator(ActivationOperation operation, TensorSlot[] slots) : PlanOperator
{
    private readonly TensorSlot _input = slots[operation.Input];
    private readonly TensorSlot _output = slots[operation.Output];

    /// <inheritdoc/>
    public override void Execute(PlanMemory memory)
    {
        CodeSpan input = _input.In(memory.Arena), output = _output.In(memory.Arena);
        for (int i = 0; i < output.Count; i++)
        {
            long z = Requantize.Apply(input[i] - _input.ZeroPoint, operation.InputRescale);
            int value = Activation.Apply(operation.Function, (int)Math.Clamp(z, -operation.Limit, operation.Limit));
            output[i] = _output.Saturate(Requantize.Apply(value, operation.OutputRescale));
        }
    }
}
