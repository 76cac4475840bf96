using System.Diagnostics;

namespace Latch.Sensors.Tests.Devices;

/// <summary>Folders and files as the kernel's IIO core makes them, with a named pipe in place of the character device.</summary>
internal sealed class IioTree : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("latch-iio-").FullName;

    internal IioTree()
    {
        Directory.CreateDirectory(Devices);
        Directory.CreateDirectory(Dev);
    }

    internal string Devices => Path.Combine(_root, "devices");

    internal string Dev => Path.Combine(_root, "dev");

    internal DeviceAccess Access => new() { IioDevices = Devices, Dev = Dev };

    /// <summary>The kernel's own dummy device: three voltages, one acceleration, a step counter; offsets and scales as drivers/iio/dummy/iio_simple_dummy.c has them.</summary>
    internal IioTree AddDummy(string id = "iio:device0")
    {
        Write(id, "name", "iio_dummy_part_no");
        Write(id, "in_voltage0_raw", "73");
        Write(id, "in_voltage0_offset", "7");
        Write(id, "in_voltage0_scale", "0.001333000");
        Write(id, "in_voltage1-voltage2_raw", "33");
        Write(id, "in_voltage3-voltage4_raw", "-2");
        Write(id, "in_voltage-voltage_scale", "0.000001344");
        Write(id, "in_accel_x_raw", "34");
        Write(id, "in_accel_x_calibbias", "-7");
        Write(id, "in_accel_x_calibscale", "1.000000");
        Write(id, "in_steps_input", "47");
        Write(id, "sampling_frequency", "33");
        AddElement(id, "voltage0", 0, "le:u13/16>>0");
        AddElement(id, "voltage1-voltage2", 1, "le:s12/16>>0");
        AddElement(id, "voltage3-voltage4", 2, "le:s11/16>>0");
        AddElement(id, "accel_x", 3, "le:s16/16>>0");
        return AddBuffer(id, 4);
    }

    internal IioTree AddElement(string id, string name, int index, string type, bool enabled = false)
    {
        Write(id, $"scan_elements/in_{name}_en", enabled ? "1" : "0");
        Write(id, $"scan_elements/in_{name}_index", $"{index}");
        Write(id, $"scan_elements/in_{name}_type", type);
        return this;
    }

    internal IioTree AddBuffer(string id, int timeIndex)
    {
        AddElement(id, "timestamp", timeIndex, "le:s64/64>>0");
        Write(id, "buffer/enable", "0");
        Write(id, "buffer/length", "2");
        Write(id, "trigger/current_trigger", "");
        Write(id, "current_timestamp_clock", "monotonic");
        using Process made = Process.Start("mkfifo", [Path.Combine(Dev, id)]);
        made.WaitForExit();
        Assert.Equal(0, made.ExitCode);
        return this;
    }

    internal IioTree AddTrigger(string id, string name)
    {
        Write(id, "name", name);
        Write(id, "sampling_frequency", "100.000");
        return this;
    }

    internal void Write(string id, string file, string text)
    {
        string path = Path.Combine(Devices, id, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text + "\n");
    }

    internal string Read(string id, string file) => File.ReadAllText(Path.Combine(Devices, id, file)).TrimEnd('\n');

    /// <summary>Name and text of every file, to compare a device before and after.</summary>
    internal Dictionary<string, string> Snapshot() =>
        Directory.EnumerateFiles(Devices, "*", SearchOption.AllDirectories).ToDictionary(path => Path.GetRelativePath(Devices, path), File.ReadAllText);

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
