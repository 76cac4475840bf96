using System.IO.Compression;
using System.Text;
using Latch.Sensors.Outputs;
using Latch.Sensors.Simulated;
using Latch.Sensors.Tests.Devices;

namespace Latch.Sensors.Tests;

/// <summary>Every definition that a README of Latch.Sensors shows is opened and read over simulated devices.</summary>
public sealed class ReadmeTests : IDisposable
{
    private static readonly string s_project = Path.Combine(SharedData.Repository, "src", "Latch.Sensors");
    private readonly IioTree _iio = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("latch-readme-").FullName;

    public ReadmeTests()
    {
        const string Id = "iio:device0";
        _iio.Write(Id, "name", "adxl345");
        _iio.Write(Id, "in_accel_scale", "0.0383");
        _iio.Write(Id, "in_accel_sampling_frequency", "50");
        foreach (string axis in (string[])["accel_x", "accel_y", "accel_z"])
        {
            _iio.Write(Id, $"in_{axis}_raw", "256");
            _iio.AddElement(Id, axis, axis[^1] - 'x', "le:s13/16>>0");
        }

        _iio.AddBuffer(Id, 3).AddTrigger("trigger0", "timer");
        using GZipStream zip = new(File.Create(Path.Combine(_folder, "pump.csv.gz")), CompressionLevel.Fastest);
        zip.Write("x\n1\n"u8);
    }

    public static TheoryData<string> Definitions
    {
        get
        {
            string[] readmes = [Path.Combine(s_project, "README.md"), .. Directory.GetFiles(Path.Combine(s_project, "Devices"), "README.md", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
            return [.. readmes.SelectMany(Blocks)];
        }
    }

    public void Dispose()
    {
        _iio.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [MemberData(nameof(Definitions))]
    public void Definition_InAReadme_IsOpenedAndRead(string json)
    {
        if (json.Contains("patterns", StringComparison.Ordinal))
        {
            using IAlarmOutput output = Sources.OpenOutput(json, new SimulatedGpioDriver());
            output.Set(AlarmLevel.Alarm);
            return;
        }

        using ISensorSource source = Sources.Open(json, Access(), _folder, new MemoryStream(Encoding.UTF8.GetBytes("x\n1\n")));
        if (json.Contains("buffered", StringComparison.Ordinal))
        {
            Assert.Equal(100, source.SampleRate);
            return; // reads are in IioSourceTests
        }

        Assert.NotEmpty(Sources.Read(source));
    }

    [Fact]
    public void Readme_Kinds_AllHaveADefinition()
    {
        string readme = File.ReadAllText(Path.Combine(s_project, "README.md"));
        Assert.All(SourceFactory.Kinds, kind => Assert.Contains($"\"kind\": \"{kind}\"", readme, StringComparison.Ordinal));
    }

    [Fact]
    public void Devices_Folders_HaveAReadmeAndADescriptionThatHolds()
    {
        string[] folders = Directory.GetDirectories(Path.Combine(s_project, "Devices"));
        Assert.NotEmpty(folders);
        Assert.All(folders, folder =>
        {
            Assert.True(File.Exists(Path.Combine(folder, "README.md")), folder);
            string[] descriptions = Directory.GetFiles(folder, "*.json");
            Assert.NotEmpty(descriptions);
            Assert.All(descriptions, path => Assert.Empty(Sources.Faults($$"""{"kind": "{{(path.EndsWith(".spi.json", StringComparison.Ordinal) ? "spi" : "i2c")}}", "device": "{{Path.GetFileName(folder)}}"}""")));
        });
    }

    private DeviceAccess Access() => new()
    {
        IioDevices = _iio.Devices,
        Dev = _iio.Dev,
        OpenI2c = settings => new SimulatedI2cDevice(Chip(settings.DeviceAddress), settings),
        OpenSpi = settings => new SimulatedSpiDevice(Chip(0x53), settings, multiByteBit: 0x40),
        OpenGpio = _ => new SimulatedGpioDriver(),
    };

    private static RegisterFile Chip(int address)
    {
        RegisterFile chip = new();
        (int register, byte value) = address switch { 0x53 => (0x00, (byte)0xE5), 0x68 => (0x75, (byte)0x68), 0x1E => (0x0A, (byte)0x48), _ => (0, (byte)0) };
        chip.Set(register, value);
        return chip;
    }

    private static List<string> Blocks(string readme)
    {
        List<string> blocks = [];
        StringBuilder? block = null;
        foreach (string line in File.ReadLines(readme))
        {
            if (block is null && line.StartsWith("    { \"kind\"", StringComparison.Ordinal))
                blocks.Add(line.Trim());
            else if (block is null)
                block = line.StartsWith("```json", StringComparison.Ordinal) ? new() : null;
            else if (line.StartsWith("```", StringComparison.Ordinal))
            {
                blocks.Add(block.ToString());
                block = null;
            }
            else
                block.AppendLine(line);
        }

        Assert.NotEmpty(blocks);
        return blocks;
    }
}
