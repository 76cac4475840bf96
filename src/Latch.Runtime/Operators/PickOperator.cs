using Latch.Model;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Operators;

/// <summary>Moves single elements by their positions; codes are rescaled where the two tensors differ.</summary>
internal sealed class PickOperator(PickOperation operation, TensorSlot[] slots, ModelWeights weights) : PlanOperator
{
    private readonly int[] _source = weights.Integers(operation.Source);
    private readonly TensorSlot _input = slots[operation.Input];
    private readonly TensorSlot _output = slots[operation.Output];

    /// <inheritdoc/>
    public override void Execute(PlanMemory memory)
    {
        CodeSpan input = _input.In(memory.Arena), output = _output.In(memory.Arena);
        for (int i = 0; i < _source.Length; i++)
        {
            int from = _source[i];
            output[i] = from < 0
                ? operation.Fill
                : operation.Rescale is { } rescale ? _output.Saturate(Requantize.Apply(input[from] - _input.ZeroPoint, rescale)) : input[from];
        }
    }
}
