using System.Globalization;
using Latch.Sensors.Iio;

namespace Latch.Sensors.Definitions;

/// <summary>A sensor with a driver in the kernel, polled or buffered.</summary>
internal sealed class IioDefinition : SourceDefinition
{
    private readonly string? _device;
    private readonly string[] _channels;
    private readonly bool _buffered;
    private readonly double _frequency;
    private readonly IioBufferOptions _buffer;
    private readonly int _timeout;
    private readonly string _path;

    internal IioDefinition(DefinitionReader reader)
    {
        _path = reader.Path;
        _device = reader.Text("device");
        _channels = reader.Texts("channels");
        _frequency = reader.Number("samplingFrequency", double.NaN, above: 0);
        _buffered = reader.Flag("buffered");
        string? trigger = reader.Text("trigger");
        _buffer = new(trigger, (int)reader.Integer("length", 2, 65_536, fallback: 128));
        _timeout = (int)reader.Integer("timeoutMs", 1, 86_400_000, fallback: 5_000);
        foreach (string name in (ReadOnlySpan<string>)["trigger", "length", "timeoutMs"])
        {
            if (!_buffered && reader.Has(name))
                reader.Fault(name, "is of use only with \"buffered\": true.");
        }
    }

    internal override bool Waits => _buffered;

    internal override ISensorSource Open(SourceContext context)
    {
        IioDevice device = IioDevice.Find(context.Devices.IioDevices, _device);
        IioSettings settings = new();
        try
        {
            double rate = SetFrequency(device, settings, context);
            if (!_buffered)
                return new IioPolledSource(device.Select(_channels, input => input.File is not null, _path), settings, context);
            IioChannel[] inputs = device.Select(_channels, input => File.Exists(Path.Combine(device.Folder, "scan_elements", $"in_{input.Name}_en")), _path);
            return new IioBufferedSource(new IioBuffer(device, inputs, _buffer, settings, context.Devices), context, rate, _timeout);
        }
        catch
        {
            settings.Dispose();
            throw;
        }
    }

    /// <summary>Sets the device's frequency, else its trigger's, where one is asked for.</summary>
    /// <returns>The rate of the buffer, in Hz.</returns>
    private double SetFrequency(IioDevice device, IioSettings settings, SourceContext context)
    {
        const string Attribute = "sampling_frequency";
        string? path = device.Inputs.Select(input => IioChannel.FindAttribute(device.Folder, input.Name, Attribute)).FirstOrDefault(file => file is not null);
        if (path is null && _buffer.Trigger is { } trigger && IioTriggers.Find(context.Devices.IioDevices, trigger) is { } folder)
            path = Path.Combine(folder, Attribute) is var file && File.Exists(file) ? file : null;
        if (path is null)
        {
            return double.IsNaN(_frequency) ? context.SampleRate
                : throw new SensorException(device.Folder, $"neither the device nor its trigger has {Attribute}: leave \"samplingFrequency\" out, or name a trigger that has it.");
        }

        if (!double.IsNaN(_frequency))
            settings.Set(path, _frequency.ToString("0.######", CultureInfo.InvariantCulture));
        return double.TryParse(IioFile.Read(path), NumberStyles.Float, CultureInfo.InvariantCulture, out double rate) && rate > 0 ? rate : context.SampleRate;
    }
}
