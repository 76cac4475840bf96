using Latch.Import.Folding;
using Latch.Import.Graph;

namespace Latch.Import.Operators;

/// <summary>Operators that yield constants, or pass a value on.</summary>
internal static class ConstantOperators
{
    public static void Identity(OperatorCall call) => call.Alias(call.Output, call.Required(0));

    public static void Dropout(OperatorCall call)
    {
        call.Ignore("ratio");
        call.Ignore("seed");
        call.Ignore(input: 1);
        if (call.Opset >= 12 && call.OptionalIntegers(2, "training_mode") is { } training && training.Data.Any(t => t != 0))
            throw call.Fail(ImportErrorCode.UnsupportedForm, "export the model in inference mode", "training_mode");
        Identity(call);
    }

    public static void Constant(OperatorCall call)
    {
        if (call.TensorAttribute("value") is { } value)
            call.Alias(call.Output, value with { Name = call.Output });
        else if (call.HasAttribute("value_float"))
            call.Constant(call.Output, new FloatTensor([], [call.Attribute("value_float", 0f)]));
        else if (call.FloatsAttribute("value_floats") is { } floats)
            call.Constant(call.Output, new FloatTensor([floats.Length], floats));
        else if (call.HasAttribute("value_int"))
            call.Constant(call.Output, new IntegerTensor([], [call.Attribute("value_int", 0L)]));
        else if (call.IntegersAttribute("value_ints") is { } integers)
            call.Constant(call.Output, new IntegerTensor([integers.Length], integers));
        else
            throw call.Fail(ImportErrorCode.UnsupportedForm, "only tensors, floats and integers are supported", "value");
    }

    public static void ConstantOfShape(OperatorCall call)
    {
        long[] lengths = call.Integers(0, "input").Data;
        GraphValue value = call.TensorAttribute("value") ?? new GraphValue("", [1], Float: new FloatTensor([1], [0]));
        long count = lengths.Aggregate(1L, (product, length) => Math.Min(product * Math.Clamp(length, -1, int.MaxValue), int.MaxValue));
        if (lengths.Any(length => length < 0) || count > TensorShape.LargestCount || TensorShape.Count(value.Shape) != 1)
            throw call.Fail(ImportErrorCode.ShapeMismatch, $"a constant of shape [{string.Join(',', lengths)}] is not possible");
        int[] shape = [.. lengths.Select(length => (int)length)];
        if (value.Integer is { } integer)
            call.Constant(call.Output, integer with { Shape = shape, Data = [.. Enumerable.Repeat(integer.Data[0], (int)count)] });
        else
            call.Constant(call.Output, new FloatTensor(shape, [.. Enumerable.Repeat(value.Float!.Data[0], (int)count)]));
    }

    /// <summary>From operator set 15 on a part of the shape can be asked for.</summary>
    public static void Shape(OperatorCall call)
    {
        int[] shape = call.Required(0).Shape;
        int start = Limited(call.Opset >= 15 ? call.Attribute("start", 0L) : 0, shape.Length);
        int end = Limited(call.Opset >= 15 ? call.Attribute("end", (long)shape.Length) : shape.Length, shape.Length);
        long[] part = [.. shape.Take(end).Skip(start).Select(length => (long)length)];
        call.Constant(call.Output, new IntegerTensor([part.Length], part));
    }

    public static void Size(OperatorCall call) =>
        call.Constant(call.Output, new IntegerTensor([], [TensorShape.Count(call.Required(0).Shape)]));

    public static void Range(OperatorCall call)
    {
        long start = Scalar(call, 0, "start");
        long limit = Scalar(call, 1, "limit");
        long delta = Scalar(call, 2, "delta");
        decimal count = delta == 0 ? -1 : Math.Max(0, Math.Ceiling(((decimal)limit - start) / delta));
        if (count is < 0 or > TensorShape.LargestCount)
            throw call.Fail(ImportErrorCode.ShapeMismatch, $"a range from {start} to {limit} by {delta} is not possible");
        long[] numbers = [.. Enumerable.Range(0, (int)count).Select(i => start + (i * delta))];
        call.Constant(call.Output, new IntegerTensor([numbers.Length], numbers));
    }

    private static int Limited(long position, int length) =>
        (int)Math.Clamp(position < 0 ? position + length : position, 0, length);

    private static long Scalar(OperatorCall call, int index, string role)
    {
        IntegerTensor tensor = call.Integers(index, role);
        return tensor.Data.Length == 1
            ? tensor.Data[0]
            : throw call.Fail(ImportErrorCode.ShapeMismatch, "must be a scalar", role);
    }
}
