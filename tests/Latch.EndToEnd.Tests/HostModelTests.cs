using System.Text.Json;

namespace Latch.EndToEnd.Tests;

/// <summary>The walk of the README, command by command, on the bundled host models.</summary>
public sealed class HostModelTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("latch-host-test-").FullName;

    private static string Sample(string name) => Path.Combine(SharedData.Repository, "samples", "host-sensors", name);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("lstm")]
    [InlineData("gru")]
    public async Task Quantize_HostModel_CloseToFloat(string cell)
    {
        string latch = Path.Combine(_folder, "host.latch");
        LatchProcess quantized = await LatchProcess.Run(
            "quantize", Sample($"host-{cell}.onnx"), "--calibration", Sample("train.csv.gz"), "--channels", Sample("host-channels.json"),
            "-o", latch, "--json");
        Assert.True(quantized.Document().GetProperty("streaming").GetBoolean());
        LatchProcess compared = await LatchProcess.Run("compare", Sample($"host-{cell}.onnx"), latch, "--data", Sample("train.csv.gz"), "--json");
        Assert.InRange(compared.Document().GetProperty("outputs")[0].GetProperty("sqnrDb").GetDouble(), 40, 120);
    }

    [Fact]
    public async Task Watch_TestRecording_SameAlarmsAsItsOwnReplayFromTheProfile()
    {
        string latch = Path.Combine(_folder, "host.latch");
        string profile = Path.Combine(_folder, "profile.json");
        Assert.Equal(0, (await LatchProcess.Run(
            "quantize", Sample("host-lstm.onnx"), "--calibration", Sample("train.csv.gz"), "--channels", Sample("host-channels.json"), "-o", latch)).Code);
        JsonElement learnt = (await LatchProcess.Run("watch", latch, "--source", Sample("test.csv.gz"), "--train", Sample("train.csv.gz"), "--save-profile", profile, "--json")).Document();
        JsonElement loaded = (await LatchProcess.Run("watch", latch, "--source", Sample("test.csv.gz"), "--profile", profile, "--json")).Document();
        Assert.True(learnt.GetProperty("alarms").GetArrayLength() > 0);
        Assert.Equal(learnt.GetProperty("alarms").GetRawText(), loaded.GetProperty("alarms").GetRawText());
    }
}
