using Latch.Model;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Operators;

/// <summary>The position of the largest (or smallest) code along an axis; the first where several are the same.</summary>
internal sealed class ArgMaxOperator(ArgMaxOperation operation, TensorSlot[] slots) : PlanOperator
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
            {
                int position = Find(input, (outer * operation.Axis * operation.Inner) + inner);
                output[(outer * operation.Inner) + inner] = _output.Saturate(Requantize.Apply(position, operation.Rescale));
            }
        }
    }

    private int Find(CodeSpan input, int first)
    {
        int best = 0, code = input[first];
        for (int i = 1; i < operation.Axis; i++)
        {
            int next = input[first + (i * operation.Inner)];
            if (operation.Smallest ? next < code : next > code)
                (best, code) = (i, next);
        }
        return best;
    }
}
