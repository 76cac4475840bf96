using Latch.Model;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Operators;

/// <summary>Moves a block between strided places; codes are rescaled where the two tensors differ.</summary>
internal sealed class CopyOperator(CopyOperation operation, TensorSlot[] slots) : PlanOperator
{
    private readonly int[] _dimensions = [.. operation.Dimensions];
    private readonly int[] _inputStrides = [.. operation.InputStrides];
    private readonly int[] _outputStrides = [.. operation.OutputStrides];
    private readonly TensorSlot _input = slots[operation.Input];
    private readonly TensorSlot _output = slots[operation.Output];

    /// <inheritdoc/>
    public override void Execute(PlanMemory memory) =>
        Walk(0, _input.In(memory.Arena), operation.InputStart, _output.In(memory.Arena), operation.OutputStart);

    private void Walk(int dimension, CodeSpan input, int from, CodeSpan output, int to)
    {
        if (dimension == _dimensions.Length)
        {
            output[to] = operation.Rescale is { } rescale ? _output.Saturate(Requantize.Apply(input[from] - _input.ZeroPoint, rescale)) : input[from];
            return;
        }
        for (int i = 0; i < _dimensions[dimension]; i++)
        {
            Walk(dimension + 1, input, from, output, to);
            from += _inputStrides[dimension];
            to += _outputStrides[dimension];
        }
    }
}
