using Latch.Import.Folding;
using Latch.Import.Graph;

namespace Latch.Import.Operators;

/// <summary>Cast. Constants are converted. A computed value is a real number whatever its type, so that casts which do not round change nothing.</summary>
internal static class CastOperators
{
    private const long FloatType = 1;
    private const long HalfType = 10;
    private const long BooleanType = 9;
    private const long LongType = 7;
    private const long DoubleType = 11;

    private static readonly long[] s_integerTypes = [2, 3, 4, 5, 6, 7, 12, 13];

    public static void Cast(OperatorCall call)
    {
        long type = call.Attribute("to", 0L);
        call.Ignore("saturate");
        GraphValue input = call.Required(0);
        if (type is FloatType or DoubleType or HalfType)
            ToFloats(call, input);
        else if (type == BooleanType)
            ToTruth(call, input);
        else if (s_integerTypes.Contains(type))
            ToIntegers(call, input, type);
        else
            throw call.Fail(ImportErrorCode.UnsupportedForm, $"a cast of '{input.Name}' to type {type} is not supported", "to");
    }

    /// <summary>A cast to what the second input holds.</summary>
    public static void CastLike(OperatorCall call)
    {
        call.Ignore("saturate");
        GraphValue input = call.Required(0);
        switch (call.Required(1).Kind)
        {
            case ElementKind.Truth:
                ToTruth(call, input);
                break;
            case ElementKind.Integer:
                ToIntegers(call, input, LongType);
                break;
            default:
                ToFloats(call, input);
                break;
        }
    }

    private static void ToFloats(OperatorCall call, GraphValue input)
    {
        if (input.Integer is { } integers)
            call.Constant(call.Output, integers.ToFloats());
        else
            call.Alias(call.Output, input, ElementKinds.IsInteger(input.Kind) ? ElementKind.Given : input.Kind);
    }

    private static void ToIntegers(OperatorCall call, GraphValue input, long type)
    {
        if (input.Integer is { } integers)
            call.Constant(call.Output, new IntegerTensor(integers.Shape, [.. integers.Data.Select(number => Narrow(number, type))]));
        else if (input.Float is { } floats)
            call.Constant(call.Output, new IntegerTensor(floats.Shape, [.. floats.Data.Select(x => Narrow((long)x, type))]));
        else if (input.Kind != ElementKind.Real)
            call.Alias(call.Output, input, ElementKind.Integer);
        else
            throw call.Fail(ImportErrorCode.UnsupportedForm, $"'{input.Name}' is computed, and rounding it to integers is not supported", "to");
    }

    // The low bits that the type has, as ONNX Runtime keeps them.
    private static long Narrow(long number, long type) => type switch
    {
        2 => (byte)number,
        3 => (sbyte)number,
        4 => (ushort)number,
        5 => (short)number,
        6 => (int)number,
        12 => (uint)number,
        _ => number,
    };

    /// <summary>Everything but 0 is true: 1 - (x = 0).</summary>
    private static void ToTruth(OperatorCall call, GraphValue input)
    {
        if (input.Integer is { } integers)
            call.Constant(call.Output, new IntegerTensor(integers.Shape, [.. integers.Data.Select(n => n != 0 ? 1L : 0L)], IsBoolean: true));
        else if (input.Float is { } floats)
            call.Constant(call.Output, new IntegerTensor(floats.Shape, [.. floats.Data.Select(x => x != 0 ? 1L : 0L)], IsBoolean: true));
        else if (input.Kind == ElementKind.Truth)
            call.Alias(call.Output, input, ElementKind.Truth);
        else
            call.SetKind(LogicOperators.Negate(call, ChoiceOperators.EqualsZero(call, input)), ElementKind.Truth);
    }
}
