using System.Runtime.CompilerServices;
using Latch.Model.Container;

namespace Latch.Model.Validation;

/// <summary>The part of a model that is being checked, and the rules that many parts share.</summary>
internal readonly struct RuleScope(string where)
{
    internal RuleScope Inside(string part) => new($"{where}: {part}");

    internal ModelFormatException Error(ModelFormatCode code, string problem) => new(code, where, problem);

    internal void CheckPresent(object? value, ModelFormatCode code, string what)
    {
        if (value is null)
            throw Error(code, $"Its {what} is missing.");
    }

    internal void CheckName(string? name, string what)
    {
        if (string.IsNullOrEmpty(name) || name.Length > Format.MaxNameLength || HasControl(name))
            throw Error(ModelFormatCode.Name, $"Its {what} must have 1 to {Format.MaxNameLength} characters, none of them a control character.");
    }

    internal void CheckRange(long value, long minimum, long maximum, string what)
    {
        if (value < minimum || value > maximum)
            throw Error(ModelFormatCode.Range, $"Its {what} is {value}, outside {minimum}..{maximum}.");
    }

    // Kinds count from 0. Enum.IsDefined would collect the names of all, in every program.
    internal void CheckKind<TEnum>(TEnum kind, TEnum last)
        where TEnum : struct, Enum
    {
        if (Unsafe.BitCast<TEnum, uint>(kind) > Unsafe.BitCast<TEnum, uint>(last))
            throw Error(ModelFormatCode.Range, $"It has the unknown {typeof(TEnum).Name} {kind}.");
    }

    internal void CheckQuantization(Quantization? quantization, string what)
    {
        CheckPresent(quantization, ModelFormatCode.Quantization, what);
        (ElementType type, double scale, int zeroPoint) = quantization!;
        if (type is not (ElementType.Int8 or ElementType.Int16))
            throw Error(ModelFormatCode.Quantization, $"Its {what} must be Int8 or Int16, not {type}.");
        if (!double.IsNormal(scale) || scale <= 0)
            throw Error(ModelFormatCode.Quantization, $"Its {what} has the scale {scale}, which is not a normal positive number.");
        bool inRange = type == ElementType.Int16 ? zeroPoint == 0 : zeroPoint is >= sbyte.MinValue and <= sbyte.MaxValue;
        if (!inRange)
            throw Error(ModelFormatCode.Quantization, $"Its {what} has the zero point {zeroPoint}; Int8 takes -128..127, Int16 only 0.");
    }

    internal void CheckRescale(Rescale rescale, string what)
    {
        if (rescale.Multiplier < 0 || rescale.Shift is < 0 or > 62)
            throw Error(ModelFormatCode.Rescale, $"Its {what} is {rescale.Multiplier} / 2^{rescale.Shift}; the multiplier must not be negative, the shift lies in 0..62.");
    }

    internal void CheckActivation(ActivationFunction function, int limit, string what)
    {
        CheckKind(function.Kind, ActivationKind.Atan);
        CheckRange(limit, 1, function.IsCurve ? 1 << 17 : 1 << 20, $"limit of the {what}");
        if (function.Kind == ActivationKind.Clip && function.Alpha > function.Beta)
            throw Error(ModelFormatCode.Range, $"Its {what} clips to {function.Alpha}..{function.Beta}, an empty range.");
    }

    internal void CheckFinite(double value, double minimum, ModelFormatCode code, string what)
    {
        if (!double.IsFinite(value) || value < minimum)
            throw Error(code, $"Its {what} is {value}; it must be finite and at least {minimum}.");
    }

    internal static bool HasControl(string name)
    {
        foreach (char character in name)
        {
            if (char.IsControl(character))
                return true;
        }
        return false;
    }
}
