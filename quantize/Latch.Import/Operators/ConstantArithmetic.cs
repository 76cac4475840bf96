using Latch.Import.Folding;
using Latch.Import.Graph;

namespace Latch.Import.Operators;

/// <summary>Operators that exporters write for shapes, masks and positions only: they are computed when their inputs are constant, and refused when they are not.</summary>
internal static class ConstantArithmetic
{
    public static void Floor(OperatorCall call) => Apply(call, Math.Floor);

    public static void Ceil(OperatorCall call) => Apply(call, Math.Ceiling);

    /// <summary>Halves go to the even number.</summary>
    public static void Round(OperatorCall call) => Apply(call, x => Math.Round(x, MidpointRounding.ToEven));

    public static void Sin(OperatorCall call) => Apply(call, Math.Sin);

    public static void Cos(OperatorCall call) => Apply(call, Math.Cos);

    public static void Sign(OperatorCall call)
    {
        if (call.Required(0).Integer is { } integers)
            call.Constant(call.Output, integers with { Data = [.. integers.Data.Select(x => (long)Math.Sign(x))] });
        else
            Apply(call, x => Math.Sign(x));
    }

    /// <summary>The remainder of whole numbers: with the divisor's sign, or with fmod = 1 the dividend's.</summary>
    public static void Mod(OperatorCall call)
    {
        bool dividend = call.Attribute("fmod", 0L) != 0;
        IntegerTensor left = call.Integers(0, "A"), right = call.Integers(1, "B");
        if (right.Data.Contains(0))
            throw call.Fail(ImportErrorCode.ShapeMismatch, "the shape arithmetic divides by zero", "B");
        call.Constant(call.Output, IntegerArithmetic.Binary(dividend ? "Remainder" : "Mod", left, right) ?? throw call.Fail(
            ImportErrorCode.ShapeMismatch, $"shapes {TensorShape.Text(left.Shape)} and {TensorShape.Text(right.Shape)} do not fit together"));
    }

    /// <summary>Sums of all elements up to each one along an axis, with itself or without, from the first or from the last.</summary>
    public static void CumSum(OperatorCall call)
    {
        bool exclusive = call.Attribute("exclusive", 0L) != 0, reverse = call.Attribute("reverse", 0L) != 0;
        GraphValue input = Constant(call);
        int axis = call.Axis(call.Integers(1, "axis").Data[0], input.Shape.Length);
        double[] numbers = input.Integer is { } own ? [.. own.Data.Select(x => (double)x)] : [.. input.Float!.Data.Select(x => (double)x)];
        double[] sums = new double[numbers.Length];
        int stride = TensorShape.Count(input.Shape.AsSpan(axis + 1)), length = input.Shape[axis];
        for (int line = 0; line < numbers.Length / Math.Max(1, length); line++)
        {
            int start = (line / stride * stride * length) + (line % stride);
            double sum = 0;
            for (int i = 0; i < length; i++)
            {
                int at = start + ((reverse ? length - 1 - i : i) * stride);
                sums[at] = exclusive ? sum : sum + numbers[at];
                sum += numbers[at];
            }
        }
        if (input.Integer is { } integers)
            call.Constant(call.Output, integers with { Data = [.. sums.Select(x => (long)x)] });
        else
            call.Constant(call.Output, new FloatTensor(input.Shape, [.. sums.Select(x => (float)x)]));
    }

    private static void Apply(OperatorCall call, Func<double, double> function)
    {
        FloatTensor input = Constant(call).Float ?? throw call.Fail(ImportErrorCode.UnsupportedForm, "its input holds integers");
        call.Constant(call.Output, new FloatTensor(input.Shape, [.. input.Data.Select(x => (float)function(x))]));
    }

    private static GraphValue Constant(OperatorCall call) => call.Required(0) is { IsConstant: true } constant
        ? constant
        : throw call.Fail(ImportErrorCode.UnsupportedForm, $"'{call.Required(0).Name}' is computed; {call.Operator} is supported on constants only, once batch and steps are fixed", "input 0");
}
