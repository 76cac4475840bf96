using System.Text;
using Latch.Sensors.Outputs;

namespace Latch.Sensors.Tests;

public sealed class DefinitionTests
{
    [Theory]
    [InlineData("""[]""", "source: an object in braces was expected, not [].")]
    [InlineData("""{}""", "source.kind: is missing; one of host, csv, stdin, iio, i2c, spi, gpio, combined was expected.")]
    [InlineData("""{"kind": "modbus"}""", "source.kind: \"modbus\" is not one of host, csv, stdin, iio, i2c, spi, gpio, combined.")]
    [InlineData("""{"kind": "host", "rot": "/"}""", "source.rot: is unknown here. Known are: kind, root, names.")]
    [InlineData("""{"kind": "csv"}""", "source.file: is missing; a text was expected.")]
    [InlineData("""{"kind": "csv", "file": "a.csv", "rate": 0}""", "source.rate: 0 is not a number above 0.")]
    [InlineData("""{"kind": "csv", "file": "a.csv", "loop": 1}""", "source.loop: 1 is neither true nor false.")]
    [InlineData("""{"kind": "i2c", "registers": [{"name": "a", "address": 0}]}""", "source.address: is missing; a whole number from 3 to 119 was expected.")]
    [InlineData("""{"kind": "i2c", "device": "adxl346"}""", "source.device: 'adxl346' is not shipped for i2c. There are ads1115, adxl345, lm75, mpu6050; or name a file that ends in .json.")]
    [InlineData("""{"kind": "spi", "device": "lm75"}""", "source.device: 'lm75' is not shipped for spi. There are adxl345; or name a file that ends in .json.")]
    [InlineData("""{"kind": "i2c", "device": "lm75", "channels": ["tmp"]}""", "source.channels: the lm75 has no tmp. It has: temp.")]
    [InlineData("""{"kind": "i2c", "address": "0x10", "registers": [{"name": "a", "address": 0}, {"name": "b", "address": 1}, {"name": "c", "address": 2, "width": 12}]}""",
        "source.registers[2].width: 12 is not one of 8, 16, 24, 32.")]
    [InlineData("""{"kind": "i2c", "address": "0x10", "registers": [{"name": "a", "address": "0x1FF"}]}""",
        "source.registers[0].address: \"0x1FF\" is not a whole number from 0 to 255 (hexadecimal as text: \"0x1F\").")]
    [InlineData("""{"kind": "i2c", "address": "0x10", "registers": [{"name": "a", "address": 0, "before": {"address": 1}}]}""",
        "source.registers[0].before.value: is missing; a whole number from 0 to 255 was expected.")]
    [InlineData("""{"kind": "i2c", "address": "0x10", "identity": {"address": 0, "mask": 2, "value": 1}, "registers": [{"name": "a", "address": 0}]}""", "source.identity.value: has bits that the mask leaves out.")]
    [InlineData("""{"kind": "iio", "trigger": "t0"}""", "source.trigger: is of use only with \"buffered\": true.")]
    [InlineData("""{"kind": "gpio", "lines": [{"name": "a", "line": 1}, {"name": "b", "line": 1}]}""", "source.lines: line 1 appears twice; a line can be read in one way only.")]
    [InlineData("""{"kind": "gpio"}""", "source.lines: at least one line is needed.")]
    [InlineData("""{"kind": "combined", "sources": [{"kind": "host"}, {"kind": "cvs"}]}""", "source.sources[1].kind: \"cvs\" is not one of host, csv, stdin, iio, i2c, spi, gpio, combined.")]
    public void Check_OneFault_IsNamedByItsPath(string definition, string fault) => Assert.Equal([fault], Sources.Faults(definition));

    [Theory]
    [InlineData(false, """{"kind": "host"}""")]
    [InlineData(false, """{"kind": "csv", "file": "a.csv", "loop": true}""")]
    [InlineData(true, """{"kind": "stdin"}""")]
    [InlineData(true, """{"kind": "stdin", "names": {"a": "b"}}""")]
    [InlineData(false, """{"kind": "iio", "buffered": false}""")]
    [InlineData(true, """{"kind": "iio", "buffered": true}""")]
    [InlineData(false, """{"kind": "i2c", "device": "lm75"}""")]
    [InlineData(true, """{"kind": "i2c", "address": 16, "ready": {"address": 1, "mask": 1}, "registers": [{"name": "a", "address": 0}]}""")]
    [InlineData(false, """{"kind": "combined", "sources": [{"kind": "host"}, {"kind": "i2c", "device": "lm75"}]}""")]
    [InlineData(true, """{"kind": "combined", "sources": [{"kind": "host"}, {"kind": "iio", "buffered": true, "names": {"x": "y"}}]}""")]
    [InlineData(true, """{"kind": "combined", "sources": [{"kind": "i2c", "address": 16, "ready": {"address": 1, "mask": 1}, "registers": [{"name": "a", "address": 0}]}]}""")]
    [InlineData(false, """{"kind": "stdin", "unknown": 1}""")]
    public void Waits_Definition_TellsWhetherTheDeviceSetsThePace(bool expected, string definition) =>
        Assert.Equal(expected, SourceFactory.Waits(Sources.Json(definition), Sources.Context()));

    [Fact]
    public void Waits_ReadyInTheDeviceFile_IsSeen()
    {
        string folder = Directory.CreateTempSubdirectory("latch-device-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "chip.json"), """{"name": "chip", "address": "0x20", "ready": {"address": 1, "mask": 1}, "registers": [{"name": "a", "address": 0}]}""");
            Assert.True(SourceFactory.Waits(Sources.Json("""{"kind": "i2c", "device": "chip.json"}"""), Sources.Context(folder: folder)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Open_SeveralFaults_TellsAllAtOnce()
    {
        DefinitionException error = Assert.Throws<DefinitionException>(() => Sources.Open("""
            {"kind": "i2c", "bus": -1, "address": "53", "speed": 9, "registers": [{"name": "x", "address": 0, "scale": "2"}, {"address": 1, "endian": "middle"}]}
            """));
        Assert.Equal(
            ["source.bus", "source.address", "source.registers[0].scale", "source.registers[1].name", "source.registers[1].endian", "source.speed"],
            error.Faults.Select(fault => fault[..fault.IndexOf(':', StringComparison.Ordinal)]));
    }

    [Fact]
    public void Open_DeviceFile_FaultsNameFileAndPath()
    {
        string folder = Directory.CreateTempSubdirectory("latch-device-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "chip.json"), """{"name": "chip", "address": "0x20", "registers": [{"name": "a", "address": 0, "widht": 16}]}""");
            string fault = Assert.Single(SourceFactory.Check(Sources.Json("""{"kind": "i2c", "device": "chip.json"}"""), Sources.Context(folder: folder)));
            Assert.StartsWith("chip.json: $.registers[0].widht: is unknown here.", fault, StringComparison.Ordinal);
            File.WriteAllText(Path.Combine(folder, "chip.json"), "{");
            Assert.StartsWith("source.device: 'chip.json' cannot be read:", Assert.Single(SourceFactory.Check(Sources.Json("""{"kind": "i2c", "device": "chip.json"}"""), Sources.Context(folder: folder))), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("""{"kind": "lamp"}""", "output.kind: \"lamp\" is not one of gpio.")]
    [InlineData("""{"kind": "gpio"}""", "output.line: is missing; a whole number from 0 to 1023 was expected.")]
    [InlineData("""{"kind": "gpio", "line": 1, "patterns": {"alarm": "blink"}}""", "output.patterns.alarm: \"blink\" is not one of on, off.")]
    [InlineData("""{"kind": "gpio", "line": 1, "patterns": {"alarm": {"on": 0, "off": 1}}}""", "output.patterns.alarm.on: 0 is not a whole number from 1 to 3600000 (hexadecimal as text: \"0x1F\").")]
    [InlineData("""{"kind": "gpio", "line": 1, "patterns": {"alrm": "on"}}""", "output.patterns.alrm: is unknown here. Known are: normal, warning, alarm, fault.")]
    public void OutputCheck_OneFault_IsNamedByItsPath(string definition, string fault) => Assert.Equal([fault], OutputFactory.Check(Sources.Json(definition)));

    [Fact]
    public void Open_Csv_LoopsWithTimesThatGoOn()
    {
        string folder = Directory.CreateTempSubdirectory("latch-csv-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "a.csv"), "time,x\n100,1\n100.5,2\n");
            using ISensorSource source = Sources.Open("""{"kind": "csv", "file": "a.csv", "loop": true, "names": {"x": "y"}}""", folder: folder);
            Assert.Equal("y", Assert.Single(source.Channels).Name);
            Assert.Equal(2, source.SampleRate);
            float[] sample = new float[1];
            for (int i = 0; i < 7; i++)
            {
                Assert.True(source.TryRead(sample, out DateTimeOffset time));
                Assert.Equal(1 + (i % 2), sample[0]);
                Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(100 + (0.5 * i)), time);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Open_Stdin_ReadsRowsAndNamesTheLineOfAFault()
    {
        using MemoryStream input = new(Encoding.UTF8.GetBytes("x;y\n1;2\n3;\n5;six\n"));
        using ISensorSource source = Sources.Open("""{"kind": "stdin"}""", input: input);
        Assert.Equal(10, source.SampleRate);
        Assert.Equal(2, Sources.Read(source)["y"]);
        Assert.Equal(float.NaN, Sources.Read(source)["y"]);
        string message = Assert.Throws<SensorFileException>(() => Sources.Read(source)).Message;
        Assert.StartsWith("standard input, line 4: 'six' in column 'y'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_Names_UnknownChannelIsRefused()
    {
        using MemoryStream input = new("x\n1\n"u8.ToArray());
        string message = Assert.Throws<DefinitionException>(() => Sources.Open("""{"kind": "stdin", "names": {"z": "y"}}""", input: input)).Message;
        Assert.Equal("source.names: the source has no channel z. It has: x.", message);
    }

    [Fact]
    public void Open_OtherKind_GetsItsDefinitionAndPath()
    {
        string? seen = null;
        SourceContext context = new()
        {
            SampleRate = 10,
            OtherKinds = new Dictionary<string, Func<System.Text.Json.JsonElement, SourceContext, ISensorSource>>
            {
                ["mine"] = (definition, inner) =>
                {
                    seen = $"{inner.Path} {definition.GetProperty("x").GetInt32()}";
                    return new CountingSource(1);
                },
            },
        };
        using ISensorSource source = SourceFactory.Open(Sources.Json("""{"kind": "combined", "sources": [{"kind": "mine", "x": 7, "names": {"a": "b2"}}]}"""), context);
        Assert.Equal("source.sources[0] 7", seen);
        Assert.Equal(["b2", "b", "c"], source.Channels.Select(channel => channel.Name));
        Assert.EndsWith("gpio, combined, mine.", Assert.Single(SourceFactory.Check(Sources.Json("""{"kind": "yours"}"""), context)), StringComparison.Ordinal);
    }
}
