using Latch.Import.Graph;

namespace Latch.Quantize;

/// <summary>The axis of a value whose length follows the number of steps, found from the same model with two numbers of steps.</summary>
internal static class TimeAxis
{
    /// <summary>The value has no time axis: it holds what is current, one step or the whole sequence.</summary>
    public const int None = -1;

    /// <summary>The two shapes differ in more than one number of steps.</summary>
    public const int Unclear = -2;

    /// <summary>The time axis of a value, <see cref="None"/> or <see cref="Unclear"/>.</summary>
    /// <param name="model">The model for a window of several steps.</param>
    /// <param name="single">The same model for one step.</param>
    /// <param name="value">A value of both.</param>
    public static int Of(FloatModel model, FloatModel single, string value)
    {
        int[] many = model.Shape(value), one = single.Shape(value);
        if (many.Length != one.Length)
            return Unclear;
        int[] differing = [.. Enumerable.Range(0, many.Length).Where(axis => many[axis] != one[axis])];
        if (differing.Length == 0)
            return None;
        bool steps = differing.Length == 1 && many[differing[0]] == model.Steps && one[differing[0]] == 1;
        return steps ? differing[0] : Unclear;
    }
}
