using Latch.Model;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Operators;

/// <summary>Copies rows of a table that holds codes of the output; a negative index counts from the end, and every index is limited to the rows there are.</summary>
internal sealed class EmbeddingOperator(EmbeddingOperation operation, TensorSlot[] slots, ModelWeights weights) : PlanOperator
{
    private readonly ConstantTensor _table = weights.Tensor(operation.Table);
    private readonly TensorSlot _indices = slots[operation.Indices];
    private readonly TensorSlot _output = slots[operation.Output];

    /// <inheritdoc/>
    public override void Execute(PlanMemory memory)
    {
        CodeSpan indices = _indices.In(memory.Arena);
        ReadOnlySpan<byte> table = _table.Bytes;
        Span<byte> output = memory.Arena.Bytes(_output);
        int rows = _table.Shape[0], rowBytes = table.Length / rows;
        for (int i = 0; i < indices.Count; i++)
        {
            long index = Requantize.Apply(indices[i] - _indices.ZeroPoint, operation.IndexRescale);
            int row = (int)Math.Clamp(index < 0 ? index + rows : index, 0, rows - 1);
            table.Slice(row * rowBytes, rowBytes).CopyTo(output[(i * rowBytes)..]);
        }
    }
}
