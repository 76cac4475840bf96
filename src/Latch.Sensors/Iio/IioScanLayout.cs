using System.Globalization;

namespace Latch.Sensors.Iio;

/// <summary>Where each enabled element lies in a scan. The kernel lays them out in the order of their index, each aligned to its own size, and the whole to the largest.</summary>
internal sealed class IioScanLayout
{
    private readonly Dictionary<string, (IioScanElement Element, int Offset)> _places = [];

    private IioScanLayout(IEnumerable<(int Index, string Name, IioScanElement Element)> elements)
    {
        int at = 0;
        int largest = 1;
        foreach ((_, string name, IioScanElement element) in elements.OrderBy(element => element.Index))
        {
            at = Align(at, element.Bytes);
            _places[name] = (element, at);
            at += element.Bytes;
            largest = Math.Max(largest, element.Bytes);
        }

        ScanBytes = Align(at, largest);
    }

    /// <summary>Bytes of one scan.</summary>
    internal int ScanBytes { get; }

    /// <summary>Form and place, in bytes, of an element.</summary>
    internal (IioScanElement Element, int Offset) this[string name] => _places[name];

    internal static IioScanLayout Of(IEnumerable<(int Index, string Name, IioScanElement Element)> elements) => new(elements);

    /// <summary>Reads index and form of an element.</summary>
    /// <exception cref="SensorException">A file is missing or of another form.</exception>
    internal static (int Index, string Name, IioScanElement Element) Read(string scanElements, IioChannel channel)
    {
        string index = Path.Combine(scanElements, $"in_{channel.Name}_index");
        if (!int.TryParse(IioFile.Read(index), NumberStyles.None, CultureInfo.InvariantCulture, out int place))
            throw new SensorException(index, "does not hold a whole number; the driver of this device is not supported.");
        string type = IioChannel.FindAttribute(scanElements, channel.Name, "type") ?? Path.Combine(scanElements, $"in_{channel.Name}_type");
        string form = IioFile.Read(type);
        return IioScanElement.TryParse(form, out IioScanElement element)
            ? (place, channel.Name, element)
            : throw new SensorException(type, $"'{form}' is not a form of the kernel's ABI (such as le:s12/16>>4).");
    }

    private static int Align(int offset, int size) => (offset + size - 1) / size * size;
}
