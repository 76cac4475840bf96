using System.Text.Json;

namespace Latch.Cli.Tests.Commands;

/// <summary>Models whose states are inputs and outputs of the file, and <c>--state</c>.</summary>
public sealed class StateTests : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly string _onnx;

    public StateTests() => _onnx = new TinyOnnx { HasStates = true }.Write(_scratch.Path("states.onnx"));

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Compare_ModelWithStates_HandsThemOnInBothModels()
    {
        string data = _scratch.Write("train.csv", TinySeries.Csv(300)), latch = _scratch.Path("states.latch");
        CommandRun quantized = await CommandRun.Of("quantize", _onnx, "--calibration", data, "-o", latch, "--json");
        Assert.True(quantized.Code == 0, quantized.Error);

        CommandRun compared = await CommandRun.Of("compare", _onnx, latch, "--data", data, "--json");

        Assert.True(compared.Code == 0, compared.Error);
        JsonElement output = Assert.Single(JsonDocument.Parse(compared.Out).RootElement.GetProperty("outputs").EnumerateArray().ToArray());
        Assert.Equal("forecasts", output.GetProperty("name").GetString());
        Assert.Equal(900, output.GetProperty("values").GetInt32());
        Assert.InRange(output.GetProperty("sqnrDb").GetDouble(), 25, 100);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(2, "--state", "first=third", "--state", "second=fourth")]
    [InlineData(0, "--state", "none")]
    public async Task Inspect_States_AreThoseFoundOrNamed(int states, params string[] options)
    {
        CommandRun run = await CommandRun.Of(["inspect", _onnx, "--json", .. options]);

        Assert.True(run.Code == 0, run.Error);
        JsonElement document = JsonDocument.Parse(run.Out).RootElement;
        Assert.Equal(states, document.GetProperty("layerStates").GetArrayLength());
        Assert.Equal(3 - states, document.GetProperty("inputs").GetArrayLength());
    }

    [Theory]
    [InlineData("first")]
    [InlineData("=third")]
    [InlineData("first=")]
    public async Task Inspect_StateThatIsNoPair_IsAUsageError(string state)
    {
        CommandRun run = await CommandRun.Of("inspect", _onnx, "--state", state);

        Assert.NotEqual(0, run.Code);
        Assert.Contains("IN=OUT", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_StateOfUnknownPorts_NamesThem()
    {
        CommandRun run = await CommandRun.Of("inspect", _onnx, "--state", "first=nothing");

        Assert.NotEqual(0, run.Code);
        Assert.Contains("'nothing' is no output; the outputs are 'forecasts', 'third', 'fourth'", run.Error, StringComparison.Ordinal);
    }
}
