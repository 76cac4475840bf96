using Latch.Model;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Operators;

/// <summary>The largest or the mean of each window, channel by channel: one rounding, to nearest, ties upward (NUMERICS.md section 6).</summary>
internal sealed class PoolOperator(PoolOperation operation, TensorSlot[] slots) : PlanOperator
{
    private readonly WindowLayout _window = operation.Window;
    private readonly TensorSlot _input = slots[operation.Input];
    private readonly TensorSlot _output = slots[operation.Output];

    /// <inheritdoc/>
    public override void Execute(PlanMemory memory)
    {
        CodeSpan input = _input.In(memory.Arena), output = _output.In(memory.Arena);
        int inputs = (int)_window.Input.Count, outputs = (int)_window.Output.Count;
        for (int channel = 0; channel < operation.Channels; channel++)
        {
            CodeSpan source = input.Slice(channel * inputs, inputs);
            for (int position = 0; position < outputs; position++)
                output[(channel * outputs) + position] = _output.Saturate(Pool(source, position));
        }
    }

    private long Pool(CodeSpan source, int position)
    {
        int top = (position / _window.Output.Columns * _window.Stride.Rows) - _window.Padding.Rows;
        int left = (position % _window.Output.Columns * _window.Stride.Columns) - _window.Padding.Columns;
        long sum = 0, largest = long.MinValue, count = 0;
        for (int row = 0; row < _window.Kernel.Rows; row++)
        {
            int y = top + (row * _window.Dilation.Rows);
            if ((uint)y >= (uint)_window.Input.Rows)
                continue;
            for (int column = 0, x = left; column < _window.Kernel.Columns; column++, x += _window.Dilation.Columns)
            {
                if ((uint)x >= (uint)_window.Input.Columns)
                    continue;
                long element = source[(y * _window.Input.Columns) + x] - _input.ZeroPoint;
                sum += element;
                largest = Math.Max(largest, element);
                count++;
            }
        }
        return operation.Kind switch
        {
            PoolKind.Max => Requantize.Apply(largest, operation.Rescale),
            PoolKind.Average => Mean(sum, count),
            _ => Mean(sum, _window.Kernel.Count),
        };
    }

    /// <summary>sum M / (n 2^S) to nearest, ties upward.</summary>
    private long Mean(long sum, long count)
    {
        Int128 numerator = 2 * (Int128)sum * operation.Rescale.Multiplier, half = (Int128)count << operation.Rescale.Shift;
        Int128 raised = numerator + half, divisor = 2 * half;
        Int128 quotient = raised / divisor;
        return (long)Int128.Clamp(raised < 0 && quotient * divisor != raised ? quotient - 1 : quotient, int.MinValue, int.MaxValue);
    }
}
