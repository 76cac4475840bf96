using System.Text.Json.Nodes;

namespace Latch.EndToEnd.Tests.Vibration;

/// <summary>The shipped agent.json under <c>latch-agent check</c>, here, with the shipped model.</summary>
public sealed class AgentConfigurationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("latch-vibration-test-").FullName;

    private static string Sample(string name) => Path.Combine(SharedData.Repository, "samples", "vibration", name);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Check_ShippedConfiguration_IsGoodAndAWrongChannelIsNot()
    {
        string model = Path.Combine(_folder, "vibration.latch");
        LatchProcess quantized = await LatchProcess.Run(
            "quantize", Sample("vibration-lstm.onnx"), "--calibration", Sample("train.csv.gz"), "--channels", Sample("vibration-channels.json"), "-o", model);
        Assert.True(quantized.Code == 0, quantized.Error);

        // Only where the model lies and who signed it is another here than on a board.
        JsonObject configuration = JsonNode.Parse(await File.ReadAllTextAsync(Sample("agent.json"), TestContext.Current.CancellationToken))!.AsObject();
        (configuration["model"], configuration["trust"]) = (model, new JsonObject { ["allowUnsigned"] = true });
        LatchProcess good = await Check(configuration);
        Assert.True(good.Code == 0, good.Error);

        configuration["faults"]!["ranges"]!["w"] = new JsonObject { ["min"] = 0 };
        LatchProcess bad = await Check(configuration);
        Assert.Equal(1, bad.Code);
        Assert.Contains("faults.ranges", bad.Error, StringComparison.Ordinal);
    }

    private async Task<LatchProcess> Check(JsonObject configuration)
    {
        string path = Path.Combine(_folder, "agent.json");
        await File.WriteAllTextAsync(path, configuration.ToJsonString(), TestContext.Current.CancellationToken);
        return await LatchProcess.RunProgram("latch-agent.dll", "check", "--config", path);
    }
}
