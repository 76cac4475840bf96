using Latch.Model;

namespace Latch.Runtime.Operators;

/// <summary>The same rows of weights for every row of the input (NUMERICS.md section 6).</summary>
internal sealed class DenseOperator(DenseOperation operation, TensorSlot[] slots, ModelWeights weights) : PlanOperator
{
    private readonly DenseRows _weights = weights.CreateRows(operation, new RowRange(0, weights.Tensor(operation.Weights).Shape[0]), slots);
    private readonly TensorSlot _input = slots[operation.Input];
    private readonly TensorSlot _output = slots[operation.Output];

    /// <inheritdoc/>
    public override RowMemory Memory => _weights.Memory;

    /// <inheritdoc/>
    public override void Execute(PlanMemory memory)
    {
        CodeSpan input = _input.In(memory.Arena), output = _output.In(memory.Arena);
        int inputs = input.Count / operation.Rows, outputs = output.Count / operation.Rows;
        for (int row = 0; row < operation.Rows; row++)
            _weights.Multiply(input.Slice(row * inputs, inputs), memory, output.Slice(row * outputs, outputs));
    }
}
