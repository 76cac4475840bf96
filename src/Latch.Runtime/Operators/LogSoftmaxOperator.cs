using Latch.Model;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Operators;

/// <summary>y = -(max - x) - ln(sum of E(u)), u = rsh((max - x) M, S) in Q.13, the logarithm in Q.16: two terms, one rounding.</summary>
internal sealed class LogSoftmaxOperator(LogSoftmaxOperation operation, TensorSlot[] slots) : PlanOperator
{
    /// <summary>Fraction bits of the logarithm before it is rescaled.</summary>
    private const int LogarithmBits = 16;

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
        ulong sum = 0;
        for (int i = first; i < end; i += operation.Inner)
            sum += (ulong)Activation.Exponential((int)Math.Min(Requantize.Apply(largest - input[i], operation.InputRescale), Activation.CurveEnd));
        // The weights are in Q.24, so that ln 2^24 is taken off.
        long logarithm = Activation.Logarithm(sum) - (Requantize.FractionBits * (long)Activation.LogarithmOfTwo);
        logarithm = Requantize.RoundShift(logarithm, Requantize.FractionBits - LogarithmBits) * operation.LogRescale.Multiplier;
        for (int i = first; i < end; i += operation.Inner)
        {
            long difference = (long)(largest - input[i]) * operation.DifferenceRescale.Multiplier;
            output[i] = _output.Saturate(Requantize.RoundShift(-difference - logarithm, operation.LogRescale.Shift));
        }
    }
}
