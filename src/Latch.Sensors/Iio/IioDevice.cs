namespace Latch.Sensors.Iio;

/// <summary>A sensor that the kernel's industrial I/O drivers show.</summary>
public sealed class IioDevice
{
    private IioDevice(string folder)
    {
        Folder = folder;
        Id = Path.GetFileName(folder);
        string name = Path.Combine(folder, "name");
        Name = File.Exists(name) ? IioFile.Read(name) : Id;
        Inputs = IioChannel.In(folder);
        Channels = [.. Inputs.Select(input => new SensorChannel(input.Name, input.Unit))];
    }

    /// <summary>The kernel's name of the device, such as <c>iio:device0</c>; it may be another one after a restart.</summary>
    public string Id { get; }

    /// <summary>The driver's name, such as <c>adxl345</c>.</summary>
    public string Name { get; }

    /// <summary>The inputs, in the order of their names, with units as the kernel's ABI states them.</summary>
    public IReadOnlyList<SensorChannel> Channels { get; }

    /// <summary>The device's folder in sysfs.</summary>
    internal string Folder { get; }

    internal IioChannel[] Inputs { get; }

    /// <summary>Lists the devices.</summary>
    /// <param name="folder">Where the kernel shows them.</param>
    /// <returns>In the order of their identifiers; empty without a device or without IIO in the kernel.</returns>
    /// <exception cref="SensorException">A device's files cannot be read.</exception>
    public static IReadOnlyList<IioDevice> Discover(string folder = "/sys/bus/iio/devices")
    {
        if (!Directory.Exists(folder))
            return [];
        return [.. Directory.EnumerateFileSystemEntries(folder, "iio:device*").OrderBy(path => path.Length).ThenBy(path => path, StringComparer.Ordinal).Select(path => new IioDevice(path))];
    }

    /// <summary>Finds a device by its name or identifier, or the only one.</summary>
    /// <exception cref="SensorException">There is none, or more than one.</exception>
    internal static IioDevice Find(string folder, string? wanted)
    {
        IReadOnlyList<IioDevice> devices = Discover(folder);
        IioDevice[] fitting = [.. devices.Where(device => wanted is null || device.Name == wanted || device.Id == wanted)];
        if (fitting.Length == 1)
            return fitting[0];
        string there = devices.Count == 0 ? "There is no device: load its driver (dtoverlay in config.txt)" : $"There are {string.Join(", ", devices.Select(device => $"{device.Id} ({device.Name})"))}";
        throw new SensorException(folder, fitting.Length == 0
            ? $"no IIO device{(wanted is null ? "" : $" '{wanted}'")}. {there}."
            : $"{(wanted is null ? "no device is named in the definition" : $"more than one device is named '{wanted}'")}. {there}: give \"device\" one of the identifiers.");
    }

    /// <summary>The inputs named, in that order; all where none is named.</summary>
    /// <exception cref="DefinitionException">The device lacks one.</exception>
    internal IioChannel[] Select(IReadOnlyList<string> names, Func<IioChannel, bool> usable, string path)
    {
        IioChannel[] usables = [.. Inputs.Where(usable)];
        string[] unknown = [.. names.Where(name => !usables.Any(input => input.Name == name))];
        if (unknown.Length > 0 || usables.Length == 0)
        {
            string there = usables.Length == 0 ? "none" : string.Join(", ", usables.Select(input => input.Name));
            throw new DefinitionException([$"{path}.channels: {Id} ({Name}) has no channel {(unknown.Length == 0 ? "to read" : string.Join(", ", unknown))} in this way of reading. It has: {there}."]);
        }

        return names.Count == 0 ? usables : [.. names.Select(name => usables.First(input => input.Name == name))];
    }
}
