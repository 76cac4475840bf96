using Latch.Model;

namespace Latch.Quantize.Calibration;

/// <summary>The real numbers a tensor's codes must cover.</summary>
/// <param name="Min">Smallest.</param>
/// <param name="Max">Largest, at least <paramref name="Min"/>.</param>
public readonly record struct ValueRange(double Min, double Max)
{
    /// <summary>Largest magnitude.</summary>
    public double Magnitude => Math.Max(Math.Abs(Min), Math.Abs(Max));

    /// <summary>The smallest range that covers both.</summary>
    public ValueRange Union(ValueRange other) => new(Math.Min(Min, other.Min), Math.Max(Max, other.Max));

    // 16 bits leave room: values up to this many times the calibrated range do not saturate.
    private const double WideHeadroom = 2;

    /// <summary>
    /// Codes for this range widened to hold zero: int8 asymmetric over all 256 codes, int16 symmetric with twice the range. The scale has seven
    /// significant digits, rounded up.
    /// </summary>
    public Quantization ToQuantization(ElementType type)
    {
        double min = Math.Min(Min, 0), max = Math.Max(Max, 0);
        if (max - min < 1e-6)
            max = min + 1e-6;
        if (type == ElementType.Int16)
            return new Quantization(type, Short(WideHeadroom * Math.Max(-min, max) / short.MaxValue), 0);
        double scale = Short((max - min) / 255);
        return new Quantization(type, scale, (int)Math.Clamp(Math.Round(-128 - min / scale), -128, 127));
    }

    private static double Short(double scale)
    {
        double unit = Math.Pow(10, Math.Floor(Math.Log10(scale)) - 6);
        return double.Parse((Math.Ceiling(scale / unit) * unit).ToString("G7", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture);
    }
}
