namespace Latch.Import.Operators;

/// <summary>Minus infinity, with which exporters take elements out of a softmax. A large negative number does the same and has codes.</summary>
internal static class MaskValue
{
    private const float Lowest = -1e9f;

    /// <summary>The number itself, or the large negative one in place of minus infinity.</summary>
    public static float Finite(float number) => float.IsNegativeInfinity(number) ? Lowest : number;

    /// <summary>The note about a value in which it was replaced.</summary>
    public static string Note(string name) => $"minus infinity in '{name}' is taken as -1e9, of which softmax makes 0 as well";
}
