using System.Diagnostics.CodeAnalysis;

namespace Latch.Runtime;

/// <summary>Cold paths of the step: the only errors it can raise.</summary>
internal static class Throw
{
    [DoesNotReturn]
    public static void WrongLength(string span, int length, int expected) =>
        throw new ArgumentException($"'{span}' has {length} values; the model takes exactly {expected}.", span);

    [DoesNotReturn]
    public static void NotStreamable(string reason) =>
        throw new InvalidOperationException($"This model cannot take one sample at a time: {reason} Give whole windows to Run.");

    [DoesNotReturn]
    public static void NoWindow(int steps) =>
        throw new InvalidOperationException($"This model has no plan for a window of {steps} steps and cannot take one sample at a time.");

    [DoesNotReturn]
    public static void WrongCodeType() =>
        throw new InvalidOperationException("This model's input codes are int16: use the overload that takes them as short.");
}
