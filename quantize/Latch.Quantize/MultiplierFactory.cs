using Latch.Model;

namespace Latch.Quantize;

/// <summary>Turns ratios of scales into fixed point (NUMERICS.md section 1).</summary>
internal static class MultiplierFactory
{
    /// <summary>Largest shift of a rescale.</summary>
    public const int MaxShift = 62;

    /// <summary>The rescale nearest to <paramref name="ratio"/>: the largest shift for which the multiplier stays below 2^31.</summary>
    /// <param name="ratio">0 or positive, below 2^31.</param>
    /// <param name="node">The node, for the message.</param>
    /// <exception cref="QuantizeException">The ratio is not a number in that range.</exception>
    public static Rescale Create(double ratio, string node)
    {
        int shift = ShiftFor(ratio, int.MaxValue, node);
        return new Rescale((int)Scaled(ratio, shift), shift);
    }

    /// <summary>The largest shift, at most 62, for which <paramref name="largest"/> x 2^shift rounds to at most <paramref name="limit"/>.</summary>
    /// <exception cref="QuantizeException">Even shift 0 is too much, or the number is negative or not finite.</exception>
    public static int ShiftFor(double largest, double limit, string node)
    {
        if (!double.IsFinite(largest) || largest < 0 || Scaled(largest, 0) > limit)
            throw new QuantizeException($"a ratio of scales is {largest:G4}, beyond what fixed point holds; the ranges of its input and output are too far apart, scale the model's values", node);
        int shift = MaxShift;
        while (Scaled(largest, shift) > limit)
            shift--;
        return shift;
    }

    /// <summary><paramref name="value"/> x 2^<paramref name="shift"/>, rounded to nearest.</summary>
    public static double Scaled(double value, int shift) => Math.Round(Math.ScaleB(value, shift), MidpointRounding.AwayFromZero);
}
