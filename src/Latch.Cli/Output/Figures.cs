using System.Globalization;

namespace Latch.Cli.Output;

/// <summary>Numbers as people read them.</summary>
internal static class Figures
{
    public static string Bytes(long bytes) => bytes switch
    {
        < 1024 => $"{bytes} B",
        < 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.0} KiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.00} MiB"),
    };

    /// <summary>Four significant digits.</summary>
    public static string Number(double value) => value switch
    {
        double.NaN => "-",
        0 => "0",
        _ when Math.Abs(value) is >= 1e6 or < 1e-4 => value.ToString("0.###e0", CultureInfo.InvariantCulture),
        _ => Math.Round(value, Math.Clamp(3 - (int)Math.Floor(Math.Log10(Math.Abs(value))), 0, 8)).ToString("0.########", CultureInfo.InvariantCulture),
    };

    public static string Decibels(double value) =>
        double.IsPositiveInfinity(value) ? "exact" : double.IsFinite(value) ? value.ToString("0.0", CultureInfo.InvariantCulture) : "-";

    public static string Shape(IEnumerable<int> shape) => $"[{string.Join(", ", shape)}]";

    /// <summary>A duration in the largest unit that keeps it above one.</summary>
    public static string Seconds(double seconds) => seconds switch
    {
        double.NaN => "-",
        double.PositiveInfinity => "no end",
        < 120 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s"),
        < 7200 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0.0} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.0} h"),
    };

    public static string Fixed(double value, int digits) => value.ToString($"F{digits}", CultureInfo.InvariantCulture);
}
