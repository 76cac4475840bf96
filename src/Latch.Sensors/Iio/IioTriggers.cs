namespace Latch.Sensors.Iio;

/// <summary>What makes a device take a scan: a timer, a data-ready line.</summary>
internal static class IioTriggers
{
    /// <summary>Names of the triggers there are.</summary>
    internal static string[] Names(string devices) => [.. Folders(devices).Select(folder => IioFile.Read(Path.Combine(folder, "name"))).Order(StringComparer.Ordinal)];

    /// <summary>The folder of a trigger; null when there is none of that name.</summary>
    internal static string? Find(string devices, string name) => Folders(devices).FirstOrDefault(folder => IioFile.Read(Path.Combine(folder, "name")) == name);

    private static IEnumerable<string> Folders(string devices) =>
        Directory.EnumerateFileSystemEntries(devices, "trigger*").Where(folder => File.Exists(Path.Combine(folder, "name")));
}
