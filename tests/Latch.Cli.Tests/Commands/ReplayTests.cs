using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;

namespace Latch.Cli.Tests.Commands;

/// <summary>Telemetry files, recordings and their replay, from the command line.</summary>
public sealed class ReplayTests : IAsyncLifetime
{
    private const int Rows = 400;

    private readonly Scratch _scratch = new();
    private string _data = "";
    private string _latch = "";

    private string Folder => _scratch.Path("recording");

    public async ValueTask InitializeAsync()
    {
        _data = _scratch.Write("train.csv", TinySeries.Csv(Rows));
        _latch = await Quantized("tiny.latch", seed: 1);
    }

    public ValueTask DisposeAsync()
    {
        _scratch.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Replay_OfARun_SameIntegersWithEveryKernel()
    {
        CommandRun plain = await CommandRun.Of("run", _latch, "--source", _data);
        CommandRun run = await CommandRun.Of("run", _latch, "--source", _data, "--record", Folder, "--force", "forget=0.5,units=1,2", "--force", "recurrence=cut", "--kernel", "scalar");
        Assert.Equal(0, run.Code);
        Assert.NotEqual(plain.Out, run.Out);
        Assert.Contains($"{Rows} of {Rows} steps recorded", run.Error, StringComparison.Ordinal);
        foreach (string kernel in Runtime.LatchModel.AvailableKernels)
        {
            CommandRun replay = await CommandRun.Of("replay", Folder, _latch, "--kernel", kernel);
            Assert.Equal((0, $"{Folder}: {Rows} steps, the same integers, kernel {kernel}.\n", ""), (replay.Code, replay.Out, replay.Error));
        }
    }

    [Fact]
    public async Task Run_Record_ResultsAreTheSame()
    {
        CommandRun plain = await CommandRun.Of("run", _latch, "--source", _data);
        JsonElement document = await Document("run", _latch, "--source", _data, "--record", Folder, "-o", _scratch.Path("out.csv"), "--json");
        Assert.Equal(plain.Out, await File.ReadAllTextAsync(_scratch.Path("out.csv"), TestContext.Current.CancellationToken));
        JsonElement recording = document.GetProperty("recording");
        Assert.Equal((Rows, 0, 1), (recording.GetProperty("written").GetInt32(), recording.GetProperty("dropped").GetInt32(), recording.GetProperty("segments").GetInt32()));
        Assert.Equal(new FileInfo(Segment(1)).Length, recording.GetProperty("bytesWritten").GetInt64());
        Assert.Equal(JsonValueKind.Null, document.GetProperty("telemetry").ValueKind);
    }

    /// <summary>A second run goes on in the folder: two sessions, two segments.</summary>
    [Fact]
    public async Task Replay_TwoRunsInOneFolder_BothAreReplayed()
    {
        for (int run = 0; run < 2; run++)
            Assert.Equal(0, (await CommandRun.Of("run", _latch, "--source", _data, "--record", Folder)).Code);
        JsonElement document = await Document("replay", Folder, _latch, "--json");
        Assert.Equal((2 * Rows, 2, true), (document.GetProperty("steps").GetInt32(), document.GetProperty("segments").GetInt32(), document.GetProperty("same").GetBoolean()));
        Assert.Equal("gap", Assert.Single(document.GetProperty("remarks").EnumerateArray()).GetProperty("flaw").GetString());
        Assert.Equal(JsonValueKind.Null, document.GetProperty("difference").ValueKind);
    }

    [Fact]
    public async Task Replay_ChangedCode_NamesTheFirstStep()
    {
        await Record();
        // Three int8 inputs, three outputs: the checksum follows the time and the codes; a change of step 7's makes that step differ.
        byte[] file = await File.ReadAllBytesAsync(Segment(1), TestContext.Current.CancellationToken);
        int chunk = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(12)), bytes = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(84));
        file[chunk + 16 + (8 * bytes) - 1] ^= 1;
        int end = chunk + 16 + (BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(chunk + 4)) * bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(end), Crc(file.AsSpan(chunk, end - chunk)));
        await File.WriteAllBytesAsync(Segment(1), file, TestContext.Current.CancellationToken);
        (await CommandRun.Of("replay", Folder, _latch)).AssertFails(1, Folder, "other integers at step 7", "checksum of the state", "8 steps were compared");
        CommandRun json = await CommandRun.Of("replay", Folder, _latch, "--json");
        Assert.Equal(1, json.Code);
        using JsonDocument document = JsonDocument.Parse(json.Out);
        Assert.Equal((false, 7), (document.RootElement.GetProperty("same").GetBoolean(), document.RootElement.GetProperty("difference").GetProperty("step").GetInt32()));
    }

    [Fact]
    public async Task Replay_BadRecordings_SayWhatIsWrong()
    {
        await Record();
        string other = await Quantized("other.latch", seed: 2);
        (await CommandRun.Of("replay", Folder, other)).AssertFails(3, Segment(1), "another model");
        (await CommandRun.Of("replay", _scratch.Path("none"), _latch)).AssertFails(3, _scratch.Path("none"), "no such folder");
        (await CommandRun.Of("replay", Directory.CreateDirectory(_scratch.Path("empty")).FullName, _latch)).AssertFails(3, "no segment");
        byte[] file = await File.ReadAllBytesAsync(Segment(1), TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(Segment(1), file[..^20], TestContext.Current.CancellationToken);
        CommandRun cut = await CommandRun.Of("replay", Folder, _latch);
        cut.AssertFails(3, "no step could be read");
        Assert.Contains("cut off here", cut.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_SegmentsCutDamagedAndMissing_TellsAndGoesOn()
    {
        for (int run = 0; run < 4; run++)
            await Record();
        File.Delete(Segment(2));
        await Change(Segment(4), static file => file[..^20]);
        CommandRun replay = await CommandRun.Of("replay", Folder, _latch);
        Assert.Equal((0, $"{Folder}: {2 * Rows} steps, the same integers, kernel {Runtime.LatchModel.AvailableKernels[0]}.\n"), (replay.Code, replay.Out));
        Assert.Contains("segment-00000002.latchrec is missing", replay.Error, StringComparison.Ordinal);
        Assert.Contains("was cut off here", replay.Error, StringComparison.Ordinal);
        await Change(Segment(3), static file =>
        {
            file[^30] ^= 1;
            return file;
        });
        CommandRun damaged = await CommandRun.Of("replay", Folder, _latch);
        Assert.Equal(3, damaged.Code);
        Assert.Contains($"The {Rows} steps that could be read have the same integers", damaged.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_RecordIntoAFolderThatIsNoRecording_IsRefused()
    {
        string file = _scratch.Write("file", "");
        (await CommandRun.Of("run", _latch, "--source", _data, "--record", file)).AssertFails(4, file);
        string used = Directory.CreateDirectory(_scratch.Path("used")).FullName;
        await File.WriteAllTextAsync(Path.Combine(used, "a.txt"), "", TestContext.Current.CancellationToken);
        (await CommandRun.Of("run", _latch, "--source", _data, "--record", used)).AssertFails(2, "a.txt", "empty folder");
        await Record();
        (await CommandRun.Of("run", await Quantized("other.latch", seed: 2), "--source", _data, "--record", Folder)).AssertFails(2, "another model");
        string windows = await Quantized("windows.latch", seed: 1, "--steps", "20");
        (await CommandRun.Of("run", windows, "--source", _data, "--record", _scratch.Path("w"))).AssertFails(2, "single steps", "--stream");
        (await CommandRun.Of("run", windows, "--source", _data, "--force", "forget=closed")).AssertFails(2, "--force:", "beside the untouched one step by step", "--stream");
        Assert.Contains("Forced: the output", (await CommandRun.Of("run", windows, "--source", _data, "--force", "forget=closed", "--stream")).Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_scratch.Path("w")));
        Assert.Equal(0, (await CommandRun.Of("run", windows, "--source", _data, "--record", _scratch.Path("w"), "--stream")).Code);
        Assert.Equal(0, (await CommandRun.Of("replay", _scratch.Path("w"), windows)).Code);
    }

    [Theory]
    [InlineData("gates.csv")]
    [InlineData("gates.jsonl")]
    [InlineData("gates.parquet")]
    public async Task Telemetry_OfRunAndReplay_AreTheSameFile(string name)
    {
        (string run, string replay) = (_scratch.Path(name), _scratch.Path("again-" + name));
        Assert.Equal(0, (await CommandRun.Of("run", _latch, "--source", _data, "--record", Folder, "--telemetry", run, "--telemetry-every", "3", "-o", _scratch.Path("out.csv"))).Code);
        JsonElement document = await Document("replay", Folder, _latch, "--telemetry", replay, "--telemetry-every", "3", "--json");
        // Steps 0, 3, ... 399; four gates, c and h each.
        Assert.Equal(134 * 6, document.GetProperty("telemetry").GetProperty("written").GetInt32());
        Assert.Equal(await File.ReadAllBytesAsync(run, TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(replay, TestContext.Current.CancellationToken));
        Assert.Empty(Directory.GetFiles(_scratch.Folder, "*.tmp"));
        if (name.EndsWith(".csv", StringComparison.Ordinal))
        {
            string[][] fields = [.. (await File.ReadAllLinesAsync(run, TestContext.Current.CancellationToken)).Skip(1).Select(static line => line.Split(','))];
            Assert.Equal(Enumerable.Range(0, 134).SelectMany(static step => Enumerable.Repeat(3 * step, 6)), fields.Select(static line => int.Parse(line[0], CultureInfo.InvariantCulture)));
        }
    }

    [Fact]
    public async Task Telemetry_UnknownEnding_IsRefusedBeforeAnyWork()
    {
        (await CommandRun.Of("run", _latch, "--source", _data, "--telemetry", _scratch.Path("gates.txt"))).AssertFails(2, "gates.txt", ".csv, .jsonl or .parquet");
        (await CommandRun.Of("run", _latch, "--source", _data, "--telemetry", _scratch.Path("gates.csv"), "--telemetry-every", "0")).AssertFails(2, "--telemetry-every");
        Assert.False(File.Exists(_scratch.Path("gates.txt")));
    }

    private string Segment(int number) => Path.Combine(Folder, $"segment-{number:D8}.latchrec");

    private async Task Record() => Assert.Equal(0, (await CommandRun.Of("run", _latch, "--source", _data, "--record", Folder, "-o", _scratch.Path("out.csv"))).Code);

    private async Task<string> Quantized(string name, int seed, params string[] more)
    {
        string onnx = new TinyOnnx { Seed = seed }.Write(_scratch.Path("tiny.onnx"));
        CommandRun run = await CommandRun.Of(["quantize", onnx, "--calibration", _data, "-o", _scratch.Path(name), .. more]);
        Assert.True(run.Code == 0, run.Error);
        return _scratch.Path(name);
    }

    private static async Task Change(string path, Func<byte[], byte[]> change) =>
        await File.WriteAllBytesAsync(path, change(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken)), TestContext.Current.CancellationToken);

    private static async Task<JsonElement> Document(params string[] arguments)
    {
        CommandRun run = await CommandRun.Of(arguments);
        Assert.True(run.Code == 0, run.Error);
        using JsonDocument document = JsonDocument.Parse(run.Out);
        return document.RootElement.Clone();
    }

    /// <summary>CRC-32 bit by bit, from its definition.</summary>
    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (((crc ^ (uint)(value >> bit)) & 1) == 1 ? 0xEDB88320u : 0);
        }
        return ~crc;
    }
}
