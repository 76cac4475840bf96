namespace Latch.Cli.Report;

/// <summary>The viridis colour ramp (even in brightness, readable with every colour vision), from its polynomial fit of degree 6.</summary>
internal static class Viridis
{
    private static readonly double[][] s_coefficients =
    [
        [0.2777273272, 0.0054073445, 0.3340998053],
        [0.1050930431, 1.4046135299, 1.3845901626],
        [-0.3308618287, 0.2148475595, 0.0950951630],
        [-4.6342304990, -5.7991009734, -19.3324409563],
        [6.2282699363, 14.1799333668, 56.6905526007],
        [4.7763849978, -13.7451453777, -65.3530326334],
        [-5.4354558559, 4.6458526122, 26.3124352496],
    ];

    /// <summary>256 colours, three bytes each, from dark blue (low) to yellow (high).</summary>
    public static byte[] Palette { get; } = [.. Enumerable.Range(0, 256).SelectMany(index => Colour(index / 255.0))];

    /// <summary>The same ramp as a CSS gradient from left to right.</summary>
    public static string CssGradient { get; } =
        $"linear-gradient(90deg,{string.Join(',', Enumerable.Range(0, 9).Select(stop => Colour(stop / 8.0)).Select(c => $"#{c[0]:x2}{c[1]:x2}{c[2]:x2}"))})";

    private static byte[] Colour(double t)
    {
        byte[] colour = new byte[3];
        for (int channel = 0; channel < 3; channel++)
        {
            double value = 0;
            for (int power = s_coefficients.Length - 1; power >= 0; power--)
                value = (value * t) + s_coefficients[power][channel];
            colour[channel] = (byte)Math.Round(Math.Clamp(value, 0, 1) * 255);
        }

        return colour;
    }
}
