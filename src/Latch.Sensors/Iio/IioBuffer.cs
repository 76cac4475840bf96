using System.Globalization;

namespace Latch.Sensors.Iio;

/// <summary>The buffer of a device, set up and running; disposing stops it and leaves the device as it was found.</summary>
internal sealed class IioBuffer : IDisposable
{
    private const string Time = "timestamp";
    private readonly IioSettings _settings;
    private readonly string _scanElements;
    private readonly string _enable;
    private int _file = -1;

    /// <exception cref="SensorException">The buffer cannot be set up, is in use, or has no trigger.</exception>
    internal IioBuffer(IioDevice device, IReadOnlyList<IioChannel> channels, IioBufferOptions options, IioSettings settings, DeviceAccess access)
    {
        _settings = settings;
        _scanElements = Path.Combine(device.Folder, "scan_elements");
        _enable = Path.Combine(device.Folder, "buffer", "enable");
        Name = Path.Combine(access.Dev, device.Id);
        try
        {
            if (IioFile.Read(_enable) == "1")
                throw new SensorException(device.Folder, "its buffer is in use. End the program that reads it, or write 0 to buffer/enable.");
            if (options.Trigger is not null || File.Exists(Path.Combine(device.Folder, "trigger", "current_trigger")))
                SetTrigger(device, options.Trigger, access.IioDevices);
            (Fields, int? time) = Enable(device, channels);
            TimeOffset = time;
            settings.Set(Path.Combine(device.Folder, "buffer", "length"), options.Length.ToString(CultureInfo.InvariantCulture));
            _file = Posix.Open(Name);
            if (_file < 0)
                throw Failed("cannot be opened");
            settings.Set(_enable, "1");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The character device.</summary>
    internal string Name { get; }

    /// <summary>The channels' places in a scan.</summary>
    internal IioField[] Fields { get; }

    /// <summary>Where the time lies in a scan, in nanoseconds since 1970; null without one.</summary>
    internal int? TimeOffset { get; }

    internal IioScanElement TimeElement { get; private set; }

    internal int ScanBytes { get; private set; }

    /// <summary>Waits for scans and reads what there is; 0 when there is nothing yet.</summary>
    /// <exception cref="SensorException">The device fails or is gone.</exception>
    internal int Read(Span<byte> bytes, int milliseconds)
    {
        int ready = Posix.WaitForInput(_file, milliseconds);
        if (ready == 0)
            return 0;
        int read = ready < 0 ? -1 : Posix.Read(_file, bytes);
        if (read > 0)
            return read;
        if (read < 0 && Posix.LastError is DeviceErrors.TryAgain or DeviceErrors.Interrupted)
            return 0;
        throw read == 0 ? new SensorException(Name, "has ended: the device is gone or its buffer was stopped.") : Failed("cannot be read");
    }

    public void Dispose()
    {
        _settings.Dispose(); // stops the buffer first: it was started last
        if (_file >= 0)
            Posix.Close(_file);
        _file = -1;
    }

    private void SetTrigger(IioDevice device, string? wanted, string devices)
    {
        string current = Path.Combine(device.Folder, "trigger", "current_trigger");
        if (!File.Exists(current))
            throw new SensorException(device.Folder, $"takes no trigger: leave \"trigger\": \"{wanted}\" out.");
        if (wanted is null && IioFile.Read(current).Length > 0)
            return;
        string[] there = IioTriggers.Names(devices);
        if (wanted is null || !there.Contains(wanted, StringComparer.Ordinal))
        {
            throw new SensorException(device.Folder, $"{(wanted is null ? "needs a trigger" : $"there is no trigger '{wanted}'")}. "
                + $"There {(there.Length == 0 ? "is none: make one with 'mkdir /sys/kernel/config/iio/triggers/hrtimer/NAME'" : $"are {string.Join(", ", there)}")}; name it as \"trigger\".");
        }

        _settings.Set(current, wanted);
    }

    private (IioField[] Fields, int? Time) Enable(IioDevice device, IReadOnlyList<IioChannel> channels)
    {
        bool timed = File.Exists(Path.Combine(_scanElements, $"in_{Time}_en"));
        List<IioChannel> wanted = [.. channels];
        if (timed)
            wanted.Add(new(Time, null, 0, 1));
        foreach (string file in Directory.EnumerateFiles(_scanElements, "in_*_en"))
            _settings.Set(file, wanted.Exists(channel => Path.GetFileName(file) == $"in_{channel.Name}_en") ? "1" : "0");
        string clock = Path.Combine(device.Folder, "current_timestamp_clock");
        if (timed && File.Exists(clock))
            _settings.Set(clock, "realtime");

        IioScanLayout layout = IioScanLayout.Of(wanted.Select(channel => IioScanLayout.Read(_scanElements, channel)));
        ScanBytes = layout.ScanBytes;
        List<IioField> fields = [];
        foreach (IioChannel channel in channels)
            AddFields(fields, channel, layout[channel.Name]);
        if (!timed)
            return ([.. fields], null);
        (TimeElement, int time) = layout[Time];
        return ([.. fields], time);
    }

    private static void AddFields(List<IioField> fields, IioChannel channel, (IioScanElement Element, int Offset) place)
    {
        (IioScanElement element, int offset) = place;
        for (int part = 0; part < element.Repeat; part++)
            fields.Add(new(element.Repeat == 1 ? channel.Name : $"{channel.Name}.{part}", channel, element, offset + (part * element.ValueBytes)));
    }

    private SensorException Failed(string what)
    {
        int error = Posix.LastError;
        string advice = error switch
        {
            DeviceErrors.NoPermission => IioFile.Permission,
            DeviceErrors.Busy => "Another program reads it.",
            DeviceErrors.NoDevice or DeviceErrors.NoSuchFile => "The device is gone, or its driver has no buffer.",
            _ => "See 'dmesg'.",
        };
        return new SensorException(Name, $"{what}: {Posix.Message(error)}. {advice}");
    }
}

/// <summary>How a buffer is set up.</summary>
/// <param name="Trigger">Name of the trigger; null leaves the one found.</param>
/// <param name="Length">Scans the kernel keeps.</param>
internal readonly record struct IioBufferOptions(string? Trigger, int Length);
