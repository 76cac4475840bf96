using Latch.Model;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Operators;

/// <summary>u = rsh((max - x) M, S) in Q.13, p = E(u) / sum of E(u), in Q.24.</summary>
internal sealed class SoftmaxOperator(SoftmaxOperation operation, TensorSlot[] slots) : PlanOperator
{
    private readonly TensorSlot _input = slots[operation.Input];
    private readonly TensorSlot _output = slots[operation.Output];

    /// <inheritdoc/>
    public override void Execute(PlanMemory memory)
    {
        CodeSpan input = _input.In(memory.Arena), output = _output.In(memory.Arena);
        for (int outer = 0; outer < operation.Outer; outer++)
        {
            for (int inner = 0; inner < operation.Inner; inner++)
                Normalise(input, output, (outer * operation.Axis * operation.Inner) + inner);
        }
    }

    private void Normalise(CodeSpan input, CodeSpan output, int first)
    {
        int end = first + (operation.Axis * operation.Inner);
        int largest = _input.MinCode;
        for (int i = first; i < end; i += operation.Inner)
            largest = Math.Max(largest, input[i]);
        long sum = 0;
        for (int i = first; i < end; i += operation.Inner)
            sum += Weight(largest - input[i]);
        for (int i = first; i < end; i += operation.Inner)
        {
            long share = (((long)Weight(largest - input[i]) << Requantize.FractionBits) + (sum / 2)) / sum;
            output[i] = _output.Saturate(Requantize.Apply(share, operation.OutputRescale));
        }
    }

    private int Weight(int below) =>
        Activation.Exponential((int)Math.Min(Requantize.Apply(below, operation.InputRescale), Activation.CurveEnd));
}
