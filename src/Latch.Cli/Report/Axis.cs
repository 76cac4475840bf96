using System.Globalization;

namespace Latch.Cli.Report;

/// <summary>Maps a range of values to pixels and finds round numbers to mark on it.</summary>
internal readonly record struct Axis(double Low, double High, double PixelLow, double PixelHigh)
{
    /// <summary>Where a value lies in pixels; values outside land on the edge.</summary>
    public double Pixel(double value)
    {
        double share = High > Low ? (Math.Clamp(value, Low, High) - Low) / (High - Low) : 0.5;
        return PixelLow + (share * (PixelHigh - PixelLow));
    }

    /// <summary>Round numbers inside the range, about <paramref name="count"/> of them.</summary>
    public IReadOnlyList<double> Ticks(int count)
    {
        double span = High - Low;
        if (!(span > 0))
            return [Low];
        double raw = span / count;
        double power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        double step = power * (raw / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
        List<double> ticks = [];
        for (double index = Math.Ceiling((Low / step) - 1e-9) + 0.0; index * step <= High + (1e-9 * span); index++)
            ticks.Add(index * step);
        return ticks;
    }

    /// <summary>A number in at most four significant digits.</summary>
    public static string Text(double value)
    {
        double magnitude = Math.Abs(value);
        return magnitude is (>= 1e5 or < 1e-3) and > 0
            ? value.ToString("0.##e0", CultureInfo.InvariantCulture)
            : Math.Round(value, 6).ToString("0.####", CultureInfo.InvariantCulture);
    }
}
