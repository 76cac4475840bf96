using System.Globalization;
using System.Text.Json;

namespace Latch.Cli.Tests.Commands;

/// <summary>Every command on a small model, from the float model to alarms.</summary>
public sealed class PipelineTests : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly string _onnx;
    private readonly string _data;

    public PipelineTests() => (_onnx, _data) = (new TinyOnnx().Write(_scratch.Path("tiny.onnx")), _scratch.Write("train.csv", TinySeries.Csv(400)));

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Quantize_Stream_SmallerFileThatStreams()
    {
        JsonElement summary = await Quantized();
        Assert.True(summary.GetProperty("streaming").GetBoolean());
        Assert.Equal(JsonValueKind.Null, summary.GetProperty("windowSteps").ValueKind);
        Assert.Equal(400, summary.GetProperty("runsGiven").GetInt32());
        Assert.Equal(new FileInfo(_scratch.Path("tiny.latch")).Length, summary.GetProperty("bytes").GetInt64());
        Assert.Empty(Directory.GetFiles(_scratch.Folder, "*.tmp"));
    }

    [Fact]
    public async Task Quantize_Twice_SameBytes()
    {
        await Quantized();
        byte[] first = await File.ReadAllBytesAsync(_scratch.Path("tiny.latch"), TestContext.Current.CancellationToken);
        await Quantized();
        Assert.Equal(first, await File.ReadAllBytesAsync(_scratch.Path("tiny.latch"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Inspect_BothKinds_ExitZeroAndOneDocument()
    {
        await Quantized();
        JsonElement onnx = await Document("inspect", _onnx, "--json");
        Assert.True(onnx.GetProperty("canRun").GetBoolean());
        Assert.Equal(6, onnx.GetProperty("layers")[0].GetProperty("hiddenSize").GetInt32());
        JsonElement latch = await Document("inspect", _scratch.Path("tiny.latch"), "--json");
        Assert.Equal("lstm", latch.GetProperty("layers")[0].GetProperty("name").GetString());
        Assert.True(latch.GetProperty("streaming").GetBoolean());
        CommandRun text = await CommandRun.Of("inspect", _scratch.Path("tiny.latch"));
        Assert.Contains("LSTM", text.Out, StringComparison.Ordinal);
        Assert.Contains("tiny.onnx", text.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("20")]
    public async Task Compare_SameData_SmallErrorAndReport(string? steps)
    {
        string[] windows = steps is null ? [] : ["--steps", steps];
        await Quantized(windows);
        string report = _scratch.Path("report.html");
        JsonElement document = await Document(["compare", _onnx, _scratch.Path("tiny.latch"), "--data", _data, "--report", report, "--json", .. windows]);
        JsonElement output = document.GetProperty("outputs")[0];
        Assert.Equal("forecasts", output.GetProperty("name").GetString());
        Assert.InRange(output.GetProperty("sqnrDb").GetDouble(), 25, 120);
        double mean = output.GetProperty("meanAbsoluteDifference").GetDouble(), rms = output.GetProperty("rmsDifference").GetDouble();
        Assert.InRange(rms, mean, output.GetProperty("largestAbsoluteDifference").GetDouble());
        Assert.Equal(new FileInfo(_onnx).Length, document.GetProperty("onnxBytes").GetInt64());
        Assert.Equal(new FileInfo(_scratch.Path("tiny.latch")).Length, document.GetProperty("latchBytes").GetInt64());
        JsonElement[] states = [.. document.GetProperty("states").EnumerateArray()];
        Assert.Equal(["input", "output", "forget", "cell"], states.Where(state => state.GetProperty("quantity").GetString() == "gate").Select(state => state.GetProperty("gate").GetString()!));
        Assert.All(states, state => Assert.InRange(state.GetProperty("error").GetProperty("sqnrDb").GetDouble(), 20, 120));
        Assert.All(document.GetProperty("tensors").EnumerateArray(), tensor => Assert.InRange(tensor.GetProperty("error").GetProperty("sqnrDb").GetDouble(), 20, 120));
        string html = await File.ReadAllTextAsync(report, TestContext.Current.CancellationToken);
        Assert.Contains("Forget gate", html, StringComparison.Ordinal);
        Assert.DoesNotContain("http", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Compare_WiderActivations_CloserToFloat()
    {
        await Quantized("--all-int8");
        double narrow = await Sqnr();
        await Quantized("--activations", "int16");
        Assert.InRange(await Sqnr(), narrow + 3, 120);

        async Task<double> Sqnr()
        {
            JsonElement document = await Document("compare", _onnx, _scratch.Path("tiny.latch"), "--data", _data, "--json");
            return document.GetProperty("outputs")[0].GetProperty("sqnrDb").GetDouble();
        }
    }

    [Theory]
    [InlineData("--budget", "0.2%", 53.98)]
    [InlineData("--budget", "0.002", 53.98)]
    [InlineData("--min-sqnr", "55", 55)]
    [InlineData("--min-sqnr", "120", 120)]
    public async Task Quantize_Auto_ReasonsAreInTheReportAndTheFile(string option, string wanted, double decibel)
    {
        JsonElement precision = (await Quantized("--activations", "auto", option, wanted)).GetProperty("precision");
        Assert.Equal(decibel, precision.GetProperty("wantedDb").GetDouble(), 0.01);
        Assert.Equal(decibel < 100, precision.GetProperty("met").GetBoolean());
        Assert.Equal(precision.GetProperty("reachedDb").GetDouble() >= decibel, precision.GetProperty("met").GetBoolean());
        JsonElement[] steps = [.. precision.GetProperty("steps").EnumerateArray()];
        Assert.Contains(steps, static step => step.GetProperty("action").GetString() == "16 bits" && step.GetProperty("kept").GetBoolean());
        JsonElement inspected = await Document("inspect", _scratch.Path("tiny.latch"), "--json");
        Assert.Equal(steps.Length + 1, inspected.GetProperty("provenance").GetProperty("reasons").GetArrayLength());
        CommandRun text = await CommandRun.Of("inspect", _scratch.Path("tiny.latch"));
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"wanted {decibel:F2} dB"), text.Out, StringComparison.Ordinal);
        Assert.Equal(decibel > 100, text.Out.Contains("the best that was found", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Quantize_AutoOutOfReach_ExitsZeroAndSaysSo()
    {
        CommandRun run = await CommandRun.Of("quantize", _onnx, "--calibration", _data, "-o", _scratch.Path("tiny.latch"), "--activations", "auto", "--min-sqnr", "120");
        Assert.Equal(0, run.Code);
        Assert.Contains("the best that was found", run.Out, StringComparison.Ordinal);
        Assert.Contains("What 8 bits cost", run.Out, StringComparison.Ordinal);
        Assert.Contains("bias correction", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quantize_Int8_HasNoReasons()
    {
        Assert.Equal(JsonValueKind.Null, (await Quantized()).GetProperty("precision").ValueKind);
        JsonElement inspected = await Document("inspect", _scratch.Path("tiny.latch"), "--json");
        Assert.Equal(JsonValueKind.Null, inspected.GetProperty("provenance").GetProperty("reasons").ValueKind);
    }

    [Fact]
    public async Task Run_FileAndStandardInput_SameResults()
    {
        await Quantized();
        CommandRun file = await CommandRun.Of("run", _scratch.Path("tiny.latch"), "--source", _data);
        CommandRun input = await CommandRun.WithInput(TinySeries.Csv(400), "run", _scratch.Path("tiny.latch"), "--source", "-");
        Assert.Equal(0, file.Code);
        Assert.Equal(file.Out, input.Out);
        string[] lines = file.Out.TrimEnd().Split('\n');
        Assert.Equal("step,forecasts.0,forecasts.1,forecasts.2", lines[0].TrimEnd());
        Assert.Equal(401, lines.Length);
    }

    [Fact]
    public async Task Run_ForgetForcedClosed_GateIsZeroInTheTelemetry()
    {
        await Quantized();
        string telemetry = _scratch.Path("gates.csv");
        CommandRun run = await CommandRun.Of("run", _scratch.Path("tiny.latch"), "--source", _data, "--telemetry", telemetry, "--force", "forget=closed,layer=0,units=1,2", "-o", _scratch.Path("out.csv"));
        Assert.Equal(0, run.Code);
        string[][] forget = [.. (await File.ReadAllLinesAsync(telemetry, TestContext.Current.CancellationToken)).Select(line => line.Split(',')).Where(fields => fields[2] == "forget gate")];
        Assert.Equal(400, forget.Length);
        Assert.All(forget, fields => Assert.Equal(0, double.Parse(fields[4], CultureInfo.InvariantCulture)));
        Assert.All(forget, fields => Assert.NotEqual(0, double.Parse(fields[5], CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Run_Windows_OneResultPerStride()
    {
        await Quantized("--steps", "20");
        JsonElement document = await Document("run", _scratch.Path("tiny.latch"), "--source", _data, "--stride", "10", "--json");
        Assert.Equal(39, document.GetProperty("results").GetArrayLength());
        JsonElement stream = await Document("run", _scratch.Path("tiny.latch"), "--source", _data, "--stream", "--json");
        Assert.Equal(400, stream.GetProperty("results").GetArrayLength());
    }

    [Fact]
    public async Task Watch_Window_IsInTheProfileInSteps()
    {
        await Quantized();
        string profile = _scratch.Path("wide.profile.json");
        await Document("watch", _scratch.Path("tiny.latch"), "--source", _data, "--train", _data, "--rate", "4", "--window", "5", "--save-profile", profile, "--json");
        using JsonDocument saved = JsonDocument.Parse(await File.ReadAllTextAsync(profile, TestContext.Current.CancellationToken));
        JsonElement settings = saved.RootElement.GetProperty("settings");
        Assert.Equal([20, 60, 120, 40], ((string[])["shortWindow", "longWindow", "warmUp", "holdSteps"]).Select(name => settings.GetProperty(name).GetInt32()));
    }

    [Fact]
    public async Task Watch_ChannelBreaks_AlarmInsideTheBreak()
    {
        await Quantized();
        string[] rows = TinySeries.Csv(400, seed: 2).Split('\n');
        for (int row = 201; row <= 240; row++)
            rows[row] = "30," + rows[row].Split(',', 2)[1];
        string test = _scratch.Write("test.csv", string.Join('\n', rows));
        string profile = _scratch.Path("profile.json");
        JsonElement document = await Document("watch", _scratch.Path("tiny.latch"), "--source", test, "--train", _data, "--save-profile", profile, "--json");
        Assert.Contains(document.GetProperty("alarms").EnumerateArray(), alarm => alarm.GetProperty("start").GetInt32() is >= 200 and < 240);
        CommandRun again = await CommandRun.Of("watch", _scratch.Path("tiny.latch"), "--source", test, "--profile", profile);
        Assert.Equal(0, again.Code);
        // One sample a second from the epoch on: lines bear the times of the steps, not those at which an end was known.
        string[] lines = again.Out.Split('\n');
        foreach (JsonElement alarm in document.GetProperty("alarms").EnumerateArray())
        {
            (long start, long end) = (alarm.GetProperty("start").GetInt64(), alarm.GetProperty("end").GetInt64());
            Assert.Contains(lines, line => line.StartsWith($"{DateTime.UnixEpoch.AddSeconds(start):yyyy-MM-dd HH:mm:ss}  ALARM  ", StringComparison.Ordinal));
            Assert.Contains(lines, line => line.StartsWith(
                $"{DateTime.UnixEpoch.AddSeconds(end):yyyy-MM-dd HH:mm:ss}  over   {end - start} steps after it began at {DateTime.UnixEpoch.AddSeconds(start):HH:mm:ss}, peak ", StringComparison.Ordinal));
        }
        Assert.Contains("400 steps", again.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quantize_Channels_NormalisationIsInTheFile()
    {
        string channels = _scratch.Write("channels.json", """
            {"sampleRate": 2, "limit": 8, "channels": [
              {"name": "c", "unit": "A", "transform": "none", "mean": 0.1, "std": 0.5},
              {"name": "a", "unit": "V", "transform": "log1p", "mean": 0.2, "std": 0.4},
              {"name": "b", "unit": "", "transform": "none", "mean": 0, "std": 1}]}
            """);
        await Quantized("--channels", channels);
        JsonElement document = await Document("inspect", _scratch.Path("tiny.latch"), "--json");
        Assert.Equal(2, document.GetProperty("sampleRateHz").GetDouble());
        Assert.Equal(["c", "a", "b"], document.GetProperty("channels").EnumerateArray().Select(channel => channel.GetProperty("name").GetString()!));
        JsonElement compared = await Document("compare", _onnx, _scratch.Path("tiny.latch"), "--data", _data, "--json");
        Assert.InRange(compared.GetProperty("outputs")[0].GetProperty("sqnrDb").GetDouble(), 25, 120);
    }

    private async Task<JsonElement> Quantized(params string[] more) =>
        await Document(["quantize", _onnx, "--calibration", _data, "-o", _scratch.Path("tiny.latch"), "--json", .. more]);

    private static async Task<JsonElement> Document(params string[] arguments)
    {
        CommandRun run = await CommandRun.Of(arguments);
        Assert.True(run.Code == 0, run.Error);
        using JsonDocument document = JsonDocument.Parse(run.Out);
        return document.RootElement.Clone();
    }
}
