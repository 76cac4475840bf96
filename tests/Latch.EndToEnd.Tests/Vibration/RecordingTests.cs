using System.Diagnostics;
using System.IO.Compression;
using Latch.Samples.Vibration;

namespace Latch.EndToEnd.Tests.Vibration;

/// <summary>The shipped recordings come from the shipped scenarios; the real program plays a machine into a register file.</summary>
public sealed class RecordingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("latch-vibration-test-").FullName;

    private static string Sample(string name) => Path.Combine(SharedData.Repository, "samples", "vibration", name);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("train", 1)]
    [InlineData("test", 2)]
    public async Task Record_ShippedScenario_ShippedBytes(string name, int seed)
    {
        string made = Path.Combine(_folder, "made.csv"), labels = Path.Combine(_folder, "made.labels.csv");
        LatchProcess run = await LatchProcess.RunProgram("Simulator.dll", "record", Sample($"{name}.scenario"), "-o", made, "--labels", labels, "--seed", $"{seed}");
        Assert.True(run.Code == 0, run.Error);
        using StreamReader shipped = new(new GZipStream(File.OpenRead(Sample($"{name}.csv.gz")), CompressionMode.Decompress));
        Assert.Equal(await shipped.ReadToEndAsync(TestContext.Current.CancellationToken), await File.ReadAllTextAsync(made, TestContext.Current.CancellationToken));
        if (name != "train")
            Assert.Equal(await File.ReadAllTextAsync(Sample($"{name}.labels.csv"), TestContext.Current.CancellationToken), await File.ReadAllTextAsync(labels, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Write_Frames_TheSameCountsAsTheRows()
    {
        Scenario scenario = Scenario.Parse("s", ["0 running 8 1", "1 fault outer 3", "3 end"]);
        string rows = Path.Combine(_folder, "a.csv"), frames = Path.Combine(_folder, "a.bin");
        Recorder.Write(scenario, 4, rows, null);
        Recorder.Write(scenario, 4, frames, null);
        byte[] bytes = File.ReadAllBytes(frames);
        string[] lines = File.ReadAllLines(rows);
        // Eight bytes a sample from register 0x30 on: INT_SOURCE with DATA_READY (bit 7), DATA_FORMAT (full resolution, 4 g), the data; at the end a frame without a sample.
        Assert.Equal(8 * 301, bytes.Length);
        Assert.Equal((0x82, 0x09, 0x02, 0x09), (bytes[0], bytes[1], bytes[8 * 300], bytes[(8 * 300) + 1]));
        Assert.All(Enumerable.Range(0, 300), at => Assert.Equal(0x80, bytes[8 * at] & 0x80));
        Assert.Equal("x,y,z", lines[0]);
        for (int at = 0; at < 900; at++)
            Assert.Equal(256 * double.Parse(lines[1 + (at / 3)].Split(',')[at % 3], System.Globalization.CultureInfo.InvariantCulture), BitConverter.ToInt16(bytes, (8 * (at / 3)) + 2 + (2 * (at % 3))));
    }

    [Fact]
    public void Play_AnotherSeed_OtherSamples()
    {
        Scenario scenario = Scenario.Parse("s", ["0 running 8 1", "1 end"]);
        List<double> first = [], again = [], other = [];
        scenario.Play(1, g => first.Add(g[1]));
        scenario.Play(1, g => again.Add(g[1]));
        scenario.Play(3, g => other.Add(g[1]));
        Assert.Equal(100, first.Count);
        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
    }

    [Fact]
    public void Play_FaultAndRepair_LabelsItsSamples()
    {
        IReadOnlyList<(long Start, long End, FaultKind Kind, int Level)> faults = Scenario.Parse(
            "s", ["0 running 8 1 # warm", "", "0.5 fault outer 2", "1.25 repair", "2 fault ball 1", "2.5 end"]).Play(1, static _ => { });
        Assert.Equal([(50, 125, FaultKind.Outer, 2), (200, 250, FaultKind.Ball, 1)], faults);
    }

    [Theory]
    [InlineData("line 1: 'speed 8' is not 'SECONDS COMMAND'", "speed 8", "1 end")]
    [InlineData("line 2: 1 s is before the line above", "2 speed 8", "1 end")]
    [InlineData("the last line must be 'SECONDS end'", "0 speed 8")]
    [InlineData("line 1: the end must come after 0 s", "0 end")]
    [InlineData("line 1: '12' is not a speed: give a number from 0 to 9", "0 speed 12", "1 end")]
    [InlineData("line 1: '1.5' is not a level: give a whole number from 1 to 3", "0 fault outer 1.5", "1 end")]
    [InlineData("line 1: '3' is no fault. Faults: imbalance, misalignment, looseness, outer, inner, ball", "0 fault 3 1", "1 end")]
    [InlineData("line 1: 'brake' is no command. Commands: speed HZ", "0 brake", "1 end")]
    public void Parse_BadLine_ErrorNamesLineAndWhatWouldBeRight(string expected, params string[] lines)
    {
        SimulatorException error = Assert.Throws<SimulatorException>(() => Scenario.Parse("s", lines).Play(1, static _ => { }));
        Assert.StartsWith("s", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Simulator_Play_HundredSamplesASecondUntilItIsStopped()
    {
        string registers = Path.Combine(_folder, "regs_53"), control = Path.Combine(_folder, "control");
        byte[] chip = new byte[256];
        await File.WriteAllBytesAsync(registers, chip, TestContext.Current.CancellationToken);
        using Process simulator = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Simulator.dll"), "play", registers, "--control", control])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        })!;
        try
        {
            await Until(() => Registers(registers)[0] == 0xE5, "the chip has power");
            Assert.Equal(new byte[6], Registers(registers)[0x32..0x38]);
            Poke(registers, 0x31, 0x09);
            Poke(registers, 0x2D, 0x08);
            await Until(() => Registers(registers)[0x33..0x38].Any(static value => value != 0), "samples come");
            Assert.InRange(BitConverter.ToInt16(Registers(registers), 0x34), 230, 280);  // 1 g and the fan's vibration
            await simulator.StandardInput.WriteLineAsync("speed 3");
            await File.WriteAllTextAsync(control, "fault imbalance 3\n", TestContext.Current.CancellationToken);
            Task<string> output = simulator.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            HashSet<long> seen = [];
            Stopwatch clock = Stopwatch.StartNew();
            while (clock.ElapsedMilliseconds < 3000)
            {
                seen.Add(BitConverter.ToInt64(Registers(registers), 0x32) & 0xFFFF_FFFF_FFFF);
                await Task.Delay(1, TestContext.Current.CancellationToken);
            }

            Assert.InRange(seen.Count, 100, 310);
            using Process stop = Process.Start("kill", ["-TERM", $"{simulator.Id}"]);
            await simulator.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, simulator.ExitCode);
            string said = await output;
            Assert.Contains("The sensor measures.", said, StringComparison.Ordinal);
            Assert.Contains("speed 3", said, StringComparison.Ordinal);
            Assert.Contains("fault imbalance 3", said, StringComparison.Ordinal);
        }
        finally
        {
            if (!simulator.HasExited)
                simulator.Kill();
        }
    }

    [Fact]
    public async Task Simulator_NoRegisterFile_ErrorNamesIt()
    {
        LatchProcess run = await LatchProcess.RunProgram("Simulator.dll", "play", Path.Combine(_folder, "regs_53"));
        Assert.Equal(3, run.Code);
        Assert.Contains("regs_53", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder, "regs_53")));
    }

    private static byte[] Registers(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] all = new byte[256];
        stream.ReadExactly(all);
        return all;
    }

    private static void Poke(string path, int register, byte value)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        stream.Position = register;
        stream.WriteByte(value);
    }

    private static async Task Until(Func<bool> holds, string what)
    {
        Stopwatch clock = Stopwatch.StartNew();
        while (!holds())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"Not within 30 s: {what}.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
