using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Latch.Cli.Tests.Commands;

/// <summary>A JSON description of layers, its weights in a safetensors file, wherever a trained model can be given.</summary>
public sealed class LayersTests : IDisposable
{
    private const int Units = 6;

    private readonly Scratch _scratch = new();
    private readonly string _model;
    private readonly string _data;

    public LayersTests()
    {
        _model = _scratch.Write("pump.json", Describe("pump.safetensors"));
        _data = _scratch.Write("train.csv", TinySeries.Csv(300));
        WriteWeights(_scratch.Path("pump.safetensors"));
    }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Pipeline_Description_IsTakenAsAnOnnxFileIs()
    {
        string latch = _scratch.Path("pump.latch");
        JsonElement inspected = await Document("inspect", _model, "--json");
        Assert.Equal(("layers", "pump"), (inspected.GetProperty("kind").GetString(), inspected.GetProperty("name").GetString()));
        Assert.Equal(new FileInfo(_model).Length + new FileInfo(_scratch.Path("pump.safetensors")).Length, inspected.GetProperty("fileBytes").GetInt64());
        JsonElement layer = Assert.Single(inspected.GetProperty("layers").EnumerateArray().ToArray());
        Assert.Equal(("rnn", TinyOnnx.Channels, Units), (layer.GetProperty("name").GetString(), layer.GetProperty("inputSize").GetInt32(), layer.GetProperty("hiddenSize").GetInt32()));

        JsonElement quantized = await Document("quantize", _model, "--calibration", _data, "-o", latch, "--json");
        Assert.True(quantized.GetProperty("streaming").GetBoolean());

        JsonElement compared = await Document("compare", _model, latch, "--data", _data, "--json");
        JsonElement output = Assert.Single(compared.GetProperty("outputs").EnumerateArray().ToArray());
        Assert.Equal(("forecasts", 900), (output.GetProperty("name").GetString(), output.GetProperty("values").GetInt32()));
        Assert.InRange(output.GetProperty("sqnrDb").GetDouble(), 25, 100);
        Assert.InRange(output.GetProperty("meanAbsoluteDifference").GetDouble(), 0, 0.1);
    }

    [Fact]
    public async Task Pipeline_Windows_AreComparedToo()
    {
        string latch = _scratch.Path("pump.latch");
        JsonElement quantized = await Document("quantize", _model, "--calibration", _data, "-o", latch, "--steps", "12", "--json");
        Assert.Equal(12, quantized.GetProperty("windowSteps").GetInt32());
        JsonElement compared = await Document("compare", _model, latch, "--data", _data, "--steps", "12", "--json");
        Assert.InRange(Assert.Single(compared.GetProperty("outputs").EnumerateArray().ToArray()).GetProperty("sqnrDb").GetDouble(), 25, 100);
    }

    [Theory]
    [InlineData("")]
    [InlineData(""", {"type": "last_step"}""")]
    public async Task Pipeline_CausalConvolutions_RunStepByStep(string end)
    {
        // With all steps float is ONNX Runtime over the whole series at once; with the last alone it is the imported graph, step by step.
        string model = _scratch.Write("tcn.json", Describe("tcn.safetensors", $$"""
            [{"type": "conv1d", "prefix": "near", "padding": "causal", "activation": "relu"}, {"type": "conv1d", "prefix": "far", "padding": "causal", "dilation": 4}{{end}}]
            """));
        WriteWeights(_scratch.Path("tcn.safetensors"), 1, ("near.weight", [Units, TinyOnnx.Channels, 3]), ("near.bias", [Units]), ("far.weight", [TinyOnnx.Channels, Units, 3]), ("far.bias", [TinyOnnx.Channels]));
        string latch = _scratch.Path("tcn.latch");
        Assert.Equal(JsonValueKind.Null, (await Document("inspect", model, "--json")).GetProperty("notStreamable").ValueKind);

        Assert.True((await Document("quantize", model, "--calibration", _data, "-o", latch, "--json")).GetProperty("streaming").GetBoolean());
        JsonElement compared = await Document("compare", model, latch, "--data", _data, "--json");
        Assert.Equal(end.Length == 0 ? "ONNX Runtime" : "latch's own evaluator of the imported graph", compared.GetProperty("floatSide").GetString());
        Assert.InRange(Assert.Single(compared.GetProperty("outputs").EnumerateArray().ToArray()).GetProperty("sqnrDb").GetDouble(), 30, 100);
    }

    [Fact]
    public async Task Inspect_Text_SaysWhatItWasMadeFrom()
    {
        CommandRun run = await CommandRun.Of("inspect", _model);
        Assert.True(run.Code == 0, run.Error);
        Assert.Contains("layers of pump.json", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compare_WeightsTrainedFurther_IsAnotherModel()
    {
        string latch = _scratch.Path("pump.latch");
        await Document("quantize", _model, "--calibration", _data, "-o", latch, "--json");
        WriteWeights(_scratch.Path("pump.safetensors"), seed: 2);
        (await CommandRun.Of("compare", _model, latch, "--data", _data)).AssertFails(3, "it was made from another model (pump.json)");
    }

    [Theory]
    [InlineData("""{"kind": "csv", "file": "a.csv"}""", "this JSON file describes no layers", "kind, file")]
    [InlineData("""{"weights": "pump.safetensors", "input": {"shape": ["steps", 3]}, "layers": [{"type": "gru", "prefx": "rnn"}]}""", "node 'layers[0]' (gru), prefx: is unknown here", "prefix")]
    [InlineData("""{"weights": "none.safetensors", "input": {"shape": ["steps", 3]}, "layers": [{"type": "gru"}]}""", "weights: 'none.safetensors' cannot be read", "beside the description")]
    public async Task Commands_WrongDescription_OneMessage(string description, params string[] parts)
    {
        string path = _scratch.Write("wrong.json", description);
        (await CommandRun.Of("inspect", path)).AssertFails(3, ["wrong.json", .. parts]);
        (await CommandRun.Of("quantize", path, "--calibration", _data, "-o", _scratch.Path("wrong.latch"))).AssertFails(3, ["wrong.json", .. parts]);
        Assert.False(File.Exists(_scratch.Path("wrong.latch")));
    }

    [Fact]
    public async Task Commands_WeightsAlone_SayWhatToWrite() =>
        (await CommandRun.Of("inspect", _scratch.Path("pump.safetensors"))).AssertFails(3, "a safetensors file holds weights", "Write a JSON file beside it");

    [Fact]
    public async Task Run_Description_IsNoQuantizedModel() =>
        (await CommandRun.Of("run", _model, "--source", _data)).AssertFails(3, "a .latch file belongs here, not a .json file", "latch quantize");

    private static async Task<JsonElement> Document(params string[] arguments)
    {
        CommandRun run = await CommandRun.Of(arguments);
        Assert.True(run.Code == 0, run.Error);
        return JsonDocument.Parse(run.Out).RootElement;
    }

    private static string Describe(string weights, string layers = """[{"type": "gru", "prefix": "rnn"}, {"type": "dropout"}, {"type": "dense", "prefix": "head"}]""") =>
        $$"""
        {
            "weights": "{{weights}}", "format": "candle", "input": {"name": "samples", "shape": ["steps", {{TinyOnnx.Channels}}]}, "output": "forecasts",
            "layers": {{layers}}
        }
        """;

    private static void WriteWeights(string path, int seed = 1) => WriteWeights(path, seed,
        ("rnn.weight_ih_l0", [3 * Units, TinyOnnx.Channels]), ("rnn.weight_hh_l0", [3 * Units, Units]), ("rnn.bias_ih_l0", [3 * Units]), ("rnn.bias_hh_l0", [3 * Units]),
        ("head.weight", [TinyOnnx.Channels, Units]), ("head.bias", [TinyOnnx.Channels]));

    private static void WriteWeights(string path, int seed, params (string Name, int[] Shape)[] tensors)
    {
        Random random = new(seed);
        Dictionary<string, object> header = [];
        List<float> data = [];
        foreach ((string name, int[] shape) in tensors)
        {
            int start = 4 * data.Count;
            data.AddRange(Enumerable.Range(0, shape.Aggregate((a, b) => a * b)).Select(_ => random.NextSingle() - 0.5f));
            header[name] = new { dtype = "F32", shape, data_offsets = new[] { start, 4 * data.Count } };
        }
        byte[] text = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(header));
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        File.WriteAllBytes(path, [.. length, .. text, .. MemoryMarshal.AsBytes<float>(data.ToArray())]);
    }
}
