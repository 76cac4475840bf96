using Latch.Model;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Operators;

/// <summary>Exp, log and square root of codes (NUMERICS.md section 6).</summary>
internal sealed class FunctionOperator(FunctionOperation operation, TensorSlot[] slots) : PlanOperator
{
    /// <summary>Largest magnitude of a power of two, Q.17: 128.</summary>
    private const int PowerEnd = 1 << 24;

    /// <summary>Bits by which a code is raised before its root is taken: the root then has half of them as fraction.</summary>
    private const int RootBits = 44;

    private readonly TensorSlot _input = slots[operation.Input];
    private readonly TensorSlot _output = slots[operation.Output];

    /// <inheritdoc/>
    public override void Execute(PlanMemory memory)
    {
        CodeSpan input = _input.In(memory.Arena), output = _output.In(memory.Arena);
        for (int i = 0; i < output.Count; i++)
        {
            int code = input[i] - _input.ZeroPoint;
            output[i] = _output.Saturate(operation.Kind switch
            {
                FunctionKind.Exp => Exponential(code),
                FunctionKind.Log => Logarithm(code),
                _ => Requantize.Apply((long)SquareRoot.Floor((ulong)Math.Max(code, 0) << RootBits), operation.OutputRescale),
            });
        }
    }

    private long Exponential(int code)
    {
        int power = (int)Math.Clamp(Requantize.Apply(code, operation.InputRescale) + operation.Offset, -PowerEnd, PowerEnd - 1);
        long product = (long)Activation.PowerOfTwo(power & (Activation.CurveEnd - 1)) * operation.OutputRescale.Multiplier;
        int shift = operation.OutputRescale.Shift - (power >> Activation.CurveBits);
        if (shift > 62)
            return 0;
        if (shift >= 0)
            return Requantize.RoundShift(product, shift);
        return product > int.MaxValue >> Math.Min(-shift, 31) ? int.MaxValue : product << -shift;
    }

    private long Logarithm(int code)
    {
        long value = code > 0 ? Activation.Logarithm((ulong)code) : -Activation.LogarithmOfTwo;
        return Requantize.Apply(Math.Clamp(value + operation.Offset, -int.MaxValue, int.MaxValue), operation.OutputRescale);
    }
}
