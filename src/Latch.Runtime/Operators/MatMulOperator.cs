using Latch.Model;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Operators;

/// <summary>Product of two computed matrices: the sum of (a - z_a)(b - z_b) in 64 bits, then one rounding.</summary>
internal sealed class MatMulOperator(MatMulOperation operation, TensorSlot[] slots) : PlanOperator
{
    private readonly TensorSlot _left = slots[operation.Left];
    private readonly TensorSlot _right = slots[operation.Right];
    private readonly TensorSlot _output = slots[operation.Output];

    /// <inheritdoc/>
    public override void Execute(PlanMemory memory)
    {
        CodeSpan left = _left.In(memory.Arena), right = _right.In(memory.Arena), output = _output.In(memory.Arena);
        int leftSize = operation.M * operation.K, rightSize = operation.K * operation.N, outputSize = operation.M * operation.N;
        for (int batch = 0; batch < operation.Batch; batch++)
        {
            Multiply(
                left.Slice(operation.LeftBroadcast ? 0 : batch * leftSize, leftSize),
                right.Slice(operation.RightBroadcast ? 0 : batch * rightSize, rightSize),
                output.Slice(batch * outputSize, outputSize));
        }
    }

    private void Multiply(CodeSpan left, CodeSpan right, CodeSpan output)
    {
        for (int m = 0; m < operation.M; m++)
        {
            for (int n = 0; n < operation.N; n++)
            {
                long sum = 0;
                for (int k = 0; k < operation.K; k++)
                    sum += (long)(left[(m * operation.K) + k] - _left.ZeroPoint) * (right[(k * operation.N) + n] - _right.ZeroPoint);
                output[(m * operation.N) + n] = _output.Saturate(Requantize.ApplyWide(sum, operation.Rescale));
            }
        }
    }
}
