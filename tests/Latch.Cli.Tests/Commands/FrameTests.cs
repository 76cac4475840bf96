using System.Globalization;
using System.Text.Json;

namespace Latch.Cli.Tests.Commands;

/// <summary>Models that take one frame a step, and data that are too few.</summary>
public sealed class FrameTests : IDisposable
{
    private const int Frame = 576;

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Compare_StepsThatAreTheLengthOfAFrame_IsOneStream()
    {
        string model = Path.Combine(SharedData.Require("models/silero-vad-16k"), "silero_vad_16k_op15.onnx"), latch = _scratch.Path("vad.latch"), data = _scratch.Write("frames.csv", Frames(60));
        await Document("quantize", model, "--calibration", data, "--steps", "576", "-o", latch, "--json");

        JsonElement asked = await Document("compare", model, latch, "--data", data, "--steps", "576", "--json");
        JsonElement plain = await Document("compare", model, latch, "--data", data, "--json");

        Assert.Equal(60, asked.GetProperty("outputs")[0].GetProperty("values").GetInt32());
        Assert.Equal(plain.GetProperty("outputs").ToString(), asked.GetProperty("outputs").ToString());
        (await CommandRun.Of("compare", model, latch, "--data", data, "--steps", "288")).AssertFails(2, "takes 576 values a step, not 288", "Leave --steps out");
    }

    [Theory]
    [InlineData("3", true)]
    [InlineData("4", false)]
    public async Task Quantize_AsManyStepsAsValuesInARow_IsTold(string steps, bool told)
    {
        CommandRun run = await CommandRun.Of(
            "quantize", new TinyOnnx().Write(_scratch.Path("tiny.onnx")), "--calibration", _scratch.Write("data.csv", TinySeries.Csv(100)), "-o", _scratch.Path("tiny.latch"), "--steps", steps);
        Assert.True(run.Code == 0, run.Error);
        Assert.Equal(told, run.Error.Contains($"Note: --steps {steps} makes windows of 3 rows of 3 values each", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(4, "4 rows are too few")]
    [InlineData(0, "")]
    public async Task Quantize_FewRows_IsRefused(int rows, string message)
    {
        string data = _scratch.Write("few.csv", TinySeries.Csv(rows == 0 ? 5 : rows)), latch = _scratch.Path("few.latch");
        CommandRun run = await CommandRun.Of("quantize", new TinyOnnx().Write(_scratch.Path("tiny.onnx")), "--calibration", data, "-o", latch);
        Assert.Equal(rows == 0, File.Exists(latch));
        if (rows > 0)
            run.AssertFails(3, message, "Give at least 5");
    }

    [Fact]
    public async Task Quantize_Int16_SaysThatEverythingIsWide()
    {
        CommandRun run = await CommandRun.Of("quantize", new TinyOnnx().Write(_scratch.Path("tiny.onnx")), "--calibration", _scratch.Write("data.csv", TinySeries.Csv(100)), "-o", _scratch.Path("wide.latch"), "--activations", "int16");
        Assert.Contains("every tensor and state", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_StepsThatTheFileLeavesOpen_AreToldSo()
    {
        CommandRun open = await CommandRun.Of("inspect", new TinyOnnx().Write(_scratch.Path("tiny.onnx"))), fixedSteps = await CommandRun.Of("inspect", _scratch.Path("tiny.onnx"), "--steps", "7");
        Assert.Matches("steps +open: one stream, or windows of --steps N", open.Out);
        Assert.Matches("steps +7", fixedSteps.Out);
        Assert.True((await Document("inspect", _scratch.Path("tiny.onnx"), "--json")).GetProperty("stepsAreOpen").GetBoolean());
    }

    private static async Task<JsonElement> Document(params string[] arguments)
    {
        CommandRun run = await CommandRun.Of(arguments);
        Assert.True(run.Code == 0, run.Error);
        return JsonDocument.Parse(run.Out).RootElement;
    }

    // A tone that comes and goes.
    private static string Frames(int count)
    {
        IEnumerable<string> rows = Enumerable.Range(0, count).Select(static frame => string.Join(',', Enumerable.Range(0, Frame).Select(i =>
            (0.2 * Math.Sin(0.1 * frame) * Math.Sin(0.05 * (i + (512 * frame)))).ToString("0.#####", CultureInfo.InvariantCulture))));
        return string.Join('\n', rows.Prepend(string.Join(',', Enumerable.Range(0, Frame).Select(static i => $"s{i}")))) + "\n";
    }
}
