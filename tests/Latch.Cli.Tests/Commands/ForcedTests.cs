using System.Text.Json;
using Latch.Runtime;

namespace Latch.Cli.Tests.Commands;

/// <summary><c>--force</c>: the counterfactual beside the untouched run.</summary>
public sealed class ForcedTests : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly string _latch;
    private readonly string _train;
    private readonly string _test;

    public ForcedTests()
    {
        (_latch, _train, _test) = (_scratch.Path("tiny.latch"), _scratch.Write("train.csv", TinySeries.Csv(400)), _scratch.Write("test.csv", TinySeries.Csv(300)));
    }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Watch_Forced_ReportsWhatASessionForcedByHandDoes()
    {
        await Quantize();
        JsonElement document = await Watch("forget=0.25,units=0,3", "recurrence=cut");
        JsonElement output = document.GetProperty("forced").GetProperty("divergence").GetProperty("output");

        using LatchModel model = LatchModel.Load(_latch);
        Session free = model.CreateSession(), forced = model.CreateSession();
        forced.Gates.ForceValue(0, Gate.Forget, 1 << 22, 0, 3);
        forced.Gates.CutRecurrence(0);
        float[] expected = new float[model.OutputSize], changed = new float[model.OutputSize];
        double largest = 0;
        int? first = null;
        string[] lines = [.. File.ReadLines(_test).Skip(1)];
        for (int row = 0; row < lines.Length; row++)
        {
            float[] sample = [.. lines[row].Split(',').Select(float.Parse)];
            free.Step(sample, expected);
            forced.Step(sample, changed);
            double difference = expected.Zip(changed, static (a, b) => Math.Abs((double)a - b)).Max();
            first ??= difference > 0 ? row : null;
            largest = Math.Max(largest, difference);
        }
        Assert.Equal(first, output.GetProperty("firstStep").GetInt32());
        Assert.Equal(largest, output.GetProperty("largest").GetDouble(), 1e-9);
        Assert.Equal(lines.Length, document.GetProperty("forced").GetProperty("divergence").GetProperty("steps").GetInt32());
    }

    [Fact]
    public async Task Run_Forced_TellsHowFarItIsFromTheUntouchedRun()
    {
        await Quantize();
        CommandRun run = await CommandRun.Of("run", _latch, "--source", _test, "--force", "input=closed", "--json");
        Assert.Equal(0, run.Code);
        JsonElement document = JsonDocument.Parse(run.Out).RootElement, output = document.GetProperty("forced").GetProperty("output");
        float[][] forced = Rows(document), free = Rows(JsonDocument.Parse((await CommandRun.Of("run", _latch, "--source", _test, "--json")).Out).RootElement);
        double[] differences = [.. forced.Zip(free, static (left, right) => left.Zip(right, static (a, b) => Math.Abs((double)a - b)).Max())];
        Assert.Equal(Array.FindIndex(differences, static difference => difference > 0), output.GetProperty("firstStep").GetInt32());
        Assert.Equal(differences.Max(), output.GetProperty("largest").GetDouble(), 1e-6);
        CommandRun csv = await CommandRun.Of("run", _latch, "--source", _test, "--force", "input=closed");
        Assert.Contains("the output differs from the untouched one from step", csv.Error, StringComparison.Ordinal);

        static float[][] Rows(JsonElement document) =>
            [.. document.GetProperty("results").EnumerateArray().Select(static row => row.EnumerateArray().Select(static value => value.GetSingle()).ToArray())];
    }

    [Fact]
    public async Task Watch_NothingForced_HasNoForcedPart()
    {
        await Quantize();
        Assert.Equal(JsonValueKind.Null, (await Watch()).GetProperty("forced").ValueKind);
    }

    [Fact]
    public async Task Watch_ForgetGateClosed_NamesTheAlarmsLostAndGained()
    {
        string samples = Path.Combine(SharedData.Repository, "samples", "host-sensors"), train = Path.Combine(samples, "train.csv.gz");
        CommandRun quantized = await CommandRun.Of(
            "quantize", Path.Combine(samples, "host-lstm.onnx"), "--calibration", train, "--channels", Path.Combine(samples, "host-channels.json"), "-o", _latch);
        Assert.Equal(0, quantized.Code);
        CommandRun run = await CommandRun.Of("watch", _latch, "--source", Path.Combine(samples, "test.csv.gz"), "--train", train, "--force", "forget=closed", "--json");
        JsonElement document = JsonDocument.Parse(run.Out).RootElement, forced = document.GetProperty("forced");
        (long Start, long End)[] before = Alarms(document.GetProperty("alarms")), after = Alarms(forced.GetProperty("alarms"));
        (long Start, long End)[] lost = [.. before.Where(alarm => after.All(other => other.End <= alarm.Start || other.Start >= alarm.End))];
        (long Start, long End)[] gained = [.. after.Where(alarm => before.All(other => other.End <= alarm.Start || other.Start >= alarm.End))];
        Assert.NotEqual(lost.Length, gained.Length);
        Assert.Equal(lost, Alarms(forced.GetProperty("lost")));
        Assert.Equal(gained, Alarms(forced.GetProperty("gained")));

        static (long Start, long End)[] Alarms(JsonElement alarms) =>
            [.. alarms.EnumerateArray().Select(static alarm => (alarm.GetProperty("start").GetInt64(), alarm.GetProperty("end").GetInt64()))];
    }

    // Nothing of h comes out: what is left is the dense layer's bias.
    [Fact]
    public async Task Run_OutputGateClosed_HasNoShareOfThePast()
    {
        await Quantize();
        CommandRun run = await CommandRun.Of("run", _latch, "--source", _test, "--force", "output=closed", "--json");
        JsonElement document = JsonDocument.Parse(run.Out).RootElement;
        Assert.Contains(document.GetProperty("results")[0].EnumerateArray(), static value => value.GetSingle() != 0);
        Assert.Equal(JsonValueKind.Null, document.GetProperty("forced").GetProperty("pastShare").ValueKind);
    }

    [Fact]
    public async Task Run_OutputAndTelemetryInOneFile_IsRefused()
    {
        await Quantize();
        string path = _scratch.Write("both.csv", "kept");
        (await CommandRun.Of("run", _latch, "--source", _test, "-o", path, "--telemetry", path)).AssertFails(2, "Name two files");
        Assert.Equal("kept", File.ReadAllText(path));
    }

    private async Task Quantize()
    {
        CommandRun run = await CommandRun.Of("quantize", new TinyOnnx().Write(_scratch.Path("tiny.onnx")), "--calibration", _train, "-o", _latch);
        Assert.Equal(0, run.Code);
    }

    private async Task<JsonElement> Watch(params string[] forces)
    {
        CommandRun run = await CommandRun.Of(["watch", _latch, "--source", _test, "--train", _train, "--json", .. forces.SelectMany(force => new[] { "--force", force })]);
        Assert.Equal(0, run.Code);
        return JsonDocument.Parse(run.Out).RootElement;
    }
}
