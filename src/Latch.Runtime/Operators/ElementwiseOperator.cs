using Latch.Model;
using static Latch.Runtime.Kernels.Requantize;

namespace Latch.Runtime.Operators;

/// <summary>Two operands, element by element, repeated where a stride is 0 (NUMERICS.md section 6).</summary>
internal sealed class ElementwiseOperator(ElementwiseOperation operation, TensorSlot[] slots) : PlanOperator
{
    private readonly int[] _dimensions = [.. operation.Dimensions];
    private readonly int[] _leftStrides = [.. operation.LeftStrides];
    private readonly int[] _rightStrides = [.. operation.RightStrides];
    private readonly TensorSlot _left = slots[operation.Left];
    private readonly TensorSlot _right = slots[operation.Right];
    private readonly TensorSlot _output = slots[operation.Output];

    /// <inheritdoc/>
    public override void Execute(PlanMemory memory) =>
        Walk(0, _left.In(memory.Arena), 0, _right.In(memory.Arena), 0, _output.In(memory.Arena), 0);

    /// <summary>Walks the dimensions from <paramref name="dimension"/> on; returns the index of the next result.</summary>
    private int Walk(int dimension, CodeSpan left, int leftIndex, CodeSpan right, int rightIndex, CodeSpan output, int index)
    {
        if (dimension == _dimensions.Length)
        {
            output[index] = _output.Saturate(Combine(left[leftIndex] - _left.ZeroPoint, right[rightIndex] - _right.ZeroPoint));
            return index + 1;
        }
        for (int i = 0; i < _dimensions[dimension]; i++)
        {
            index = Walk(dimension + 1, left, leftIndex, right, rightIndex, output, index);
            leftIndex += _leftStrides[dimension];
            rightIndex += _rightStrides[dimension];
        }
        return index;
    }

    /// <summary>The result's code before its zero point is added; operands with theirs removed.</summary>
    private long Combine(int a, int b)
    {
        Rescale left = operation.LeftRescale, right = operation.RightRescale;
        return operation.Kind switch
        {
            ElementwiseKind.Add => RoundShift(((long)a * left.Multiplier) + ((long)b * right.Multiplier), left.Shift),
            ElementwiseKind.Sub => RoundShift(((long)a * left.Multiplier) - ((long)b * right.Multiplier), left.Shift),
            ElementwiseKind.Mul => Apply((long)a * b, left),
            ElementwiseKind.Div => Divide(a, b, left),
            ElementwiseKind.Max => Math.Max(Apply(a, left), Apply(b, right)),
            ElementwiseKind.Min => Math.Min(Apply(a, left), Apply(b, right)),
            ElementwiseKind.PRelu => a >= 0 ? Apply(a, left) : Apply((long)a * b, right),
            ElementwiseKind.Equal => (long)a * left.Multiplier == (long)b * right.Multiplier ? 1 : 0,
            ElementwiseKind.Less => (long)a * left.Multiplier < (long)b * right.Multiplier ? 1 : 0,
            _ => (long)a * left.Multiplier <= (long)b * right.Multiplier ? 1 : 0,
        };
    }

    /// <summary>a M / (b 2^S) to nearest, ties away from zero; by the sign of a where b is 0, and 0 / 0 is 0.</summary>
    private static long Divide(int a, int b, Rescale rescale)
    {
        if (b == 0)
            return Math.Sign(a) * (long)int.MaxValue;
        Int128 numerator = Math.Abs((long)a) * rescale.Multiplier;
        Int128 denominator = (Int128)Math.Abs((long)b) << rescale.Shift;
        long magnitude = (long)(((2 * numerator) + denominator) / (2 * denominator));
        return (a < 0) == (b < 0) ? magnitude : -magnitude;
    }
}
