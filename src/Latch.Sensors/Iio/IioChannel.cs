using System.Globalization;

namespace Latch.Sensors.Iio;

/// <summary>One input of a device: where it is read, and what turns its steps into units: (raw + offset) * scale.</summary>
/// <param name="Name">As the kernel names it, without direction and ending: <c>accel_x</c>, <c>voltage0</c>, <c>temp</c>.</param>
/// <param name="File">The file that holds its value, in steps (<c>_raw</c>) or units (<c>_input</c>); null when it can be read from the buffer only.</param>
/// <param name="Offset">In steps.</param>
/// <param name="Scale">Units per step.</param>
internal sealed record IioChannel(string Name, string? File, double Offset, double Scale)
{
    private const string Prefix = "in_";

    /// <summary>The kind of quantity: the letters at the name's beginning.</summary>
    internal string Type => TypeOf(Name);

    internal string Unit => IioUnits.Of(Type);

    internal double Convert(double raw) => (raw + Offset) * Scale;

    /// <summary>The channels of a device's folder, in the order of their names.</summary>
    internal static IioChannel[] In(string folder)
    {
        SortedDictionary<string, string?> files = new(StringComparer.Ordinal);
        foreach (string element in Names(Path.Combine(folder, "scan_elements"), "_en"))
            files[element] = null;
        foreach (string name in Names(folder, "_input"))
            files[name] = Path.Combine(folder, $"{Prefix}{name}_input");
        foreach (string name in Names(folder, "_raw"))
            files[name] = Path.Combine(folder, $"{Prefix}{name}_raw");
        files.Remove("timestamp");
        return [.. files.Select(pair => Read(folder, pair.Key, pair.Value))];
    }

    /// <summary>The first of the files that hold an attribute of a channel: its own, its type's, or the device's; null when there is none.</summary>
    internal static string? FindAttribute(string folder, string name, string attribute)
    {
        string type = TypeOf(name);
        ReadOnlySpan<string> candidates = [$"{Prefix}{name}_{attribute}", $"{Prefix}{type}-{type}_{attribute}", $"{Prefix}{type}_{attribute}", $"{Prefix}{attribute}", attribute];
        foreach (string candidate in candidates)
        {
            bool differential = candidate.StartsWith($"{Prefix}{type}-", StringComparison.Ordinal);
            string path = Path.Combine(folder, candidate);
            if ((!differential || name.Contains('-', StringComparison.Ordinal)) && System.IO.File.Exists(path))
                return path;
        }

        return null;
    }

    private static IioChannel Read(string folder, string name, string? file) => file is not null && file.EndsWith("_input", StringComparison.Ordinal)
        ? new(name, file, 0, 1)
        : new(name, file, Number(folder, name, "offset", 0), Number(folder, name, "scale", 1));

    private static double Number(string folder, string name, string attribute, double fallback)
    {
        if (FindAttribute(folder, name, attribute) is not { } path)
            return fallback;
        string text = IioFile.Read(path);
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? value
            : throw new SensorException(path, $"'{text}' is not a number; the driver of this device is not supported.");
    }

    private static IEnumerable<string> Names(string folder, string ending) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, $"{Prefix}*{ending}").Select(path => Path.GetFileName(path)[Prefix.Length..^ending.Length])
        : [];

    private static string TypeOf(string name)
    {
        int end = name.AsSpan().IndexOfAnyExceptInRange('a', 'z');
        return end < 0 ? name : name[..end];
    }
}
