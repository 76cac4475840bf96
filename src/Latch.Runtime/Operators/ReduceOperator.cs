using Latch.Model;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Operators;

/// <summary>The sum, an end, the sum of squares or of magnitudes along an axis, exact in 64 bits, then one rounding.</summary>
internal sealed class ReduceOperator(ReduceOperation operation, TensorSlot[] slots) : PlanOperator
{
    /// <summary>Bits by which a sum is raised before its root is taken: the root then has 8 as fraction.</summary>
    private const int RootBits = 16;

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
                long value = Reduce(input, (outer * operation.Axis * operation.Inner) + inner);
                output[(outer * operation.Inner) + inner] = _output.Saturate(Requantize.ApplyWide(value, operation.Rescale));
            }
        }
    }

    private long Reduce(CodeSpan input, int first)
    {
        long value = operation.Kind is ReduceKind.Max or ReduceKind.Min ? input[first] - _input.ZeroPoint : 0;
        for (int i = 0; i < operation.Axis; i++)
        {
            long element = input[first + (i * operation.Inner)] - _input.ZeroPoint;
            value = operation.Kind switch
            {
                ReduceKind.Sum => value + element,
                ReduceKind.Max => Math.Max(value, element),
                ReduceKind.Min => Math.Min(value, element),
                ReduceKind.SumSquare or ReduceKind.L2 => value + (element * element),
                _ => value + Math.Abs(element),
            };
        }
        return operation.Kind == ReduceKind.L2 ? (long)SquareRoot.Floor((UInt128)value << RootBits) : value;
    }
}
