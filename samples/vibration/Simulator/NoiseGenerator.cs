namespace Latch.Samples.Vibration;

/// <summary>Random numbers that are the same bits on every machine: SplitMix64 (Steele, Lea, Flood 2014).</summary>
internal sealed class NoiseGenerator(ulong seed)
{
    private static readonly double s_perDeviation = Math.Sqrt(3);
    private ulong _state = seed;

    /// <summary>The next 64 bits.</summary>
    public ulong NextBits()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>Mean 0, standard deviation 1, nearly normal: the sum of four even numbers (Irwin-Hall), at most 3.47 from 0.</summary>
    public double Next()
    {
        ulong bits = NextBits();
        long sum = (long)((bits & 0xFFFF) + ((bits >> 16) & 0xFFFF) + ((bits >> 32) & 0xFFFF) + (bits >> 48));
        return (((sum + 2) / 65536.0) - 2) * s_perDeviation;
    }
}

/// <summary>A sine made of additions and multiplications only, so that its bits are the same on every machine; within 1e-9.</summary>
internal static class Wave
{
    /// <summary>The sine of an angle.</summary>
    /// <param name="turns">The angle in turns: 1 is a full circle.</param>
    public static double Sine(double turns)
    {
        double t = turns - Math.Floor(turns + 0.5);     // -0.5 to 0.5
        if (t > 0.25)
            t = 0.5 - t;
        else if (t < -0.25)
            t = -0.5 - t;
        double x = 2 * Math.PI * t, s = x * x;           // -pi/2 to pi/2: the Taylor series up to x^15
        return x * (1 + (s * ((-1.0 / 6) + (s * ((1.0 / 120) + (s * ((-1.0 / 5040) + (s * ((1.0 / 362880)
            + (s * ((-1.0 / 39916800) + (s * ((1.0 / 6227020800) - (s / 1307674368000))))))))))))));
    }

    /// <summary>The cosine of an angle in turns.</summary>
    public static double Cosine(double turns) => Sine(turns + 0.25);
}
