using System.Text.Json;
using Latch.Import.Tests.Sources.TfLite;

namespace Latch.Cli.Tests.Commands;

/// <summary>A TensorFlow Lite file wherever a trained model can be given.</summary>
public sealed class TfLiteTests : IDisposable
{
    private const int Units = 6;
    private const int Steps = 8;

    private readonly Scratch _scratch = new();
    private readonly string _model;
    private readonly string _data;

    public TfLiteTests()
    {
        _model = _scratch.Path("pump.tflite");
        File.WriteAllBytes(_model, Forecaster(Steps));
        _data = _scratch.Write("train.csv", TinySeries.Csv(300));
    }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Pipeline_FixedWindows_AreComparedAndStreamToo()
    {
        string latch = _scratch.Path("pump.latch");
        JsonElement inspected = await Document("inspect", _model, "--json");
        Assert.Equal(("tflite", Steps), (inspected.GetProperty("kind").GetString(), inspected.GetProperty("steps").GetInt32()));
        Assert.Equal(Units, Assert.Single(inspected.GetProperty("layers").EnumerateArray().ToArray()).GetProperty("hiddenSize").GetInt32());

        JsonElement quantized = await Document("quantize", _model, "--calibration", _data, "-o", latch, "--json");
        Assert.Equal(Steps, quantized.GetProperty("windowSteps").GetInt32());
        Assert.True(quantized.GetProperty("streaming").GetBoolean(), quantized.GetProperty("notStreamable").ToString());

        JsonElement output = Assert.Single((await Document("compare", _model, latch, "--data", _data, "--json")).GetProperty("outputs").EnumerateArray().ToArray());
        Assert.Equal("forecasts", output.GetProperty("name").GetString());
        Assert.InRange(output.GetProperty("sqnrDb").GetDouble(), 25, 100);
        CommandRun stepped = await CommandRun.Of("run", latch, "--source", _data);
        Assert.True(stepped.Code == 0, stepped.Error);
    }

    [Theory]
    [InlineData("int8", 20)]
    [InlineData("int16", 60)]
    public async Task Pipeline_OneStep_IsComparedAsAStream(string activations, double decibel)
    {
        string latch = _scratch.Path("pump.latch");
        JsonElement quantized = await Document("quantize", _model, "--calibration", _data, "-o", latch, "--steps", "1", "--activations", activations, "--json");
        Assert.True(quantized.GetProperty("streaming").GetBoolean());
        JsonElement output = Assert.Single((await Document("compare", _model, latch, "--data", _data, "--json")).GetProperty("outputs").EnumerateArray().ToArray());
        Assert.InRange(output.GetProperty("sqnrDb").GetDouble(), decibel, 120);
    }

    [Fact]
    public async Task Inspect_Text_TellsOfTheBoundLeftAway()
    {
        CommandRun run = await CommandRun.Of("inspect", _model);
        Assert.True(run.Code == 0, run.Error);
        Assert.Contains("TensorFlow Lite", run.Out, StringComparison.Ordinal);
        Assert.Contains("the bound 10 of the cell state", run.Out.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_DamagedFile_OneMessage()
    {
        string path = _scratch.Path("cut.tflite");
        File.WriteAllBytes(path, File.ReadAllBytes(_model)[..200]);
        (await CommandRun.Of("inspect", path)).AssertFails(3, "cut.tflite", "cut off or changed");
        (await CommandRun.Of("quantize", path, "--calibration", _data, "-o", _scratch.Path("cut.latch"))).AssertFails(3, "cut.tflite", "cut off or changed");
        Assert.False(File.Exists(_scratch.Path("cut.latch")));
    }

    [Fact]
    public async Task Inspect_Loop_SaysHowToConvert()
    {
        TfLiteWriter writer = new();
        writer.Output(writer.Add("WHILE", [writer.Input([1, 8, 3])], [1, 3], (0, 1), (1, 2)));
        string path = _scratch.Path("loop.tflite");
        File.WriteAllBytes(path, writer.ToBytes());
        (await CommandRun.Of("inspect", path)).AssertFails(1, "loop.tflite", "(WHILE)", "UNIDIRECTIONAL_SEQUENCE_LSTM", "unroll=True");
    }

    [Fact]
    public async Task Run_TfLiteFile_IsNoQuantizedModel() =>
        (await CommandRun.Of("run", _model, "--source", _data)).AssertFails(3, "a .latch file belongs here, not a .tflite file", "latch quantize");

    private static async Task<JsonElement> Document(params string[] arguments)
    {
        CommandRun run = await CommandRun.Of(arguments);
        Assert.True(run.Code == 0, run.Error);
        return JsonDocument.Parse(run.Out).RootElement;
    }

    /// <summary>Samples [1, steps, channels] through an LSTM and a dense layer to forecasts [1, steps, channels].</summary>
    private static byte[] Forecaster(int steps)
    {
        Random random = new(1);
        TfLiteWriter writer = new() { Aliases = ["samples", "forecasts"] };
        int[] Gates(params int[] shape) => [.. Enumerable.Range(0, 4).Select(_ => writer.Weights(random, 0.5f, shape))];
        int[] inputs =
        [
            writer.Input([1, steps, TinyOnnx.Channels]), .. Gates(Units, TinyOnnx.Channels), .. Gates(Units, Units), -1, -1, -1, .. Gates(Units), -1, -1,
            writer.Variable(1, Units), writer.Variable(1, Units), -1, -1, -1, -1,
        ];
        int layer = writer.Add("UNIDIRECTIONAL_SEQUENCE_LSTM", inputs, [1, steps, Units], (0, (byte)4), (1, 10f), (2, 0f), (3, false));
        int[] head = [layer, writer.Weights(random, 0.5f, TinyOnnx.Channels, Units), writer.Weights(random, 0.5f, TinyOnnx.Channels)];
        writer.Output(writer.Add("FULLY_CONNECTED", head, [1, steps, TinyOnnx.Channels], (0, (byte)0), (1, (byte)0), (2, true)));
        return writer.ToBytes();
    }
}
