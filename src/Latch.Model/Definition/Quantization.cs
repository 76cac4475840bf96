namespace Latch.Model;

/// <summary>How codes stand for real numbers: real = <paramref name="Scale"/> x (code - <paramref name="ZeroPoint"/>).</summary>
/// <param name="Type">Int8 (asymmetric) or Int16 (symmetric: zero point 0).</param>
/// <param name="Scale">Real value of one code step, positive and finite.</param>
/// <param name="ZeroPoint">The code of real zero.</param>
public sealed record Quantization(ElementType Type, double Scale, int ZeroPoint)
{
    /// <summary>Smallest code: -128 or -32768.</summary>
    public int MinCode => Type == ElementType.Int8 ? sbyte.MinValue : short.MinValue;

    /// <summary>Largest code: 127 or 32767.</summary>
    public int MaxCode => Type == ElementType.Int8 ? sbyte.MaxValue : short.MaxValue;
}

/// <summary>Fixed-point form of a ratio of scales: ratio = <paramref name="Multiplier"/> / 2^<paramref name="Shift"/>.</summary>
/// <param name="Multiplier">0 to 2^31 - 1; a rescale rounds once, to nearest, ties upward (NUMERICS.md section 1).</param>
/// <param name="Shift">0 to 62.</param>
public readonly record struct Rescale(int Multiplier, int Shift);

/// <summary>An activation tensor of a plan: a named place in the session's arena.</summary>
/// <param name="Name">The value's name in the source model; unique within the plan.</param>
/// <param name="Shape">Dimensions with batch 1, outermost first.</param>
/// <param name="Quantization">Element type, scale and zero point.</param>
public sealed record ActivationTensor(string Name, IReadOnlyList<int> Shape, Quantization Quantization)
{
    /// <summary>Number of elements.</summary>
    public int Count
    {
        get
        {
            int count = 1;
            foreach (int dimension in Shape)
                count = checked(count * dimension);
            return count;
        }
    }
}
