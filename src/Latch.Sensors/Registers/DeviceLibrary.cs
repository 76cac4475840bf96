using System.Text.Json;
using Latch.Sensors.Definitions;

namespace Latch.Sensors.Registers;

/// <summary>Descriptions that come with the library, by name, and those in files.</summary>
internal static class DeviceLibrary
{
    private const string Extension = ".json";

    /// <summary>Names of the shipped descriptions for a bus.</summary>
    internal static string[] Names(bool spi) =>
        [.. typeof(DeviceLibrary).Assembly.GetManifestResourceNames().Where(name => name.EndsWith(Suffix(spi), StringComparison.Ordinal)).Select(name => name[..^Suffix(spi).Length]).Order(StringComparer.Ordinal)];

    /// <summary>Reads the description that a definition names; null after a fault.</summary>
    /// <param name="reader">The definition that has a property <c>device</c>.</param>
    /// <param name="spi">Whether the bus is SPI.</param>
    /// <param name="context">Where files are looked for, and whether they must be there.</param>
    /// <param name="faults">Receives the faults in the description.</param>
    internal static RegisterDescription? Read(DefinitionReader reader, bool spi, SourceContext context, List<string> faults)
    {
        string device = reader.RequiredText("device");
        bool isFile = device.EndsWith(Extension, StringComparison.OrdinalIgnoreCase);
        string path = Path.Combine(context.Folder, device);
        if (device.Length == 0 || (isFile && !context.LookForFiles && !File.Exists(path)))
            return null;
        try
        {
            using Stream? stream = isFile
                ? File.OpenRead(path)
                : typeof(DeviceLibrary).Assembly.GetManifestResourceStream(device + Suffix(spi));
            if (stream is null)
            {
                reader.Fault("device", $"'{device}' is not shipped for {(spi ? "spi" : "i2c")}. There are {string.Join(", ", Names(spi))}; or name a file that ends in .json.");
                return null;
            }

            using JsonDocument document = JsonDocument.Parse(stream);
            DefinitionReader description = new(document.RootElement, $"{device}: $", faults);
            RegisterDescription read = RegisterDescription.Read(description, spi, inFile: true);
            description.Finish();
            return read;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            reader.Fault("device", $"'{device}' cannot be read: {e.Message.TrimEnd('.')}. Name a file with a device's description.");
            return null;
        }
    }

    private static string Suffix(bool spi) => spi ? ".spi.json" : ".i2c.json";
}
