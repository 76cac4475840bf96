using System.Numerics;

namespace Latch.Accuracy.Streams;

/// <summary>The discrete Fourier transform of real blocks whose length is a power of two.</summary>
public static class Spectrum
{
    /// <summary>Bins 0 to n/2 of a block of n samples.</summary>
    public static Complex[] Forward(ReadOnlySpan<float> block)
    {
        var values = new Complex[block.Length];
        for (int i = 0; i < block.Length; i++)
            values[i] = block[i];
        return Transform(values, -1)[..((block.Length / 2) + 1)];
    }

    /// <summary>The block of 2 (bins - 1) samples with these bins.</summary>
    public static float[] Inverse(ReadOnlySpan<Complex> bins)
    {
        int length = 2 * (bins.Length - 1);
        var values = new Complex[length];
        for (int i = 0; i < length; i++)
            values[i] = i < bins.Length ? bins[i] : Complex.Conjugate(bins[length - i]);
        return [.. Transform(values, 1).Select(value => (float)(value.Real / length))];
    }

    private static Complex[] Transform(Complex[] values, int sign)
    {
        if (values.Length == 1)
            return values;
        Complex[] even = Transform([.. values.Where(static (_, i) => i % 2 == 0)], sign), odd = Transform([.. values.Where(static (_, i) => i % 2 == 1)], sign);
        var result = new Complex[values.Length];
        for (int k = 0; k < even.Length; k++)
        {
            Complex turned = odd[k] * Complex.FromPolarCoordinates(1, sign * 2 * Math.PI * k / values.Length);
            result[k] = even[k] + turned;
            result[k + even.Length] = even[k] - turned;
        }
        return result;
    }
}
