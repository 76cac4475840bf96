namespace Latch.EndToEnd.Tests.Aot;

/// <summary>A recording made here by the command gives the same integers in a native program of another processor.</summary>
public sealed class ReplayTests(SmokePrograms programs) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("latch-replay-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("cortex-a53", "host-lstm")]
    [InlineData("cortex-a76", "host-gru")]
    public async Task Replay_OnArm64_SameIntegersWithEveryKernel(string core, string name)
    {
        string[] command = [.. SmokePrograms.Arm64Emulator(core), await programs.Native("linux-arm64")];
        await AssertReplays(command, name);
    }

    [Fact]
    public async Task Replay_OnX64_SameIntegersWithEveryKernel() => await AssertReplays([await programs.Native("linux-x64")], "host-lstm");

    private async Task AssertReplays(string[] command, string name)
    {
        string model = await programs.Model(name), other = await programs.Model(name == "host-lstm" ? "host-gru" : "host-lstm");
        string recording = Path.Combine(_folder, "recording"), results = Path.Combine(_folder, "results.csv");
        string force = name == "host-lstm" ? "forget=0.75,units=0,3" : "update=hold,units=1";
        LatchProcess recorded = await LatchProcess.Run(
            "run", model, "--source", SmokePrograms.Recording, "--record", recording, "--force", force, "-o", results);
        Assert.True(recorded.Code == 0, recorded.Error);
        int kernels = (await SmokeRun.Of(command, "cpu")).Words("kernels").Length;
        SmokeRun replay = await SmokeRun.Of(command, "replay", recording, model, "--kernel", "all");
        Assert.True(replay.Code == 0, replay.Everything);
        string[] replayed = [.. replay.Out.Split('\n').Where(static line => line.StartsWith("replayed", StringComparison.Ordinal))];
        long steps = GoldenHashes.Of(name).Steps / GoldenHashes.Repeat;
        Assert.Equal(Enumerable.Repeat($"replayed     {steps} steps in 1 segments", kernels), replayed);
        SmokeRun wrong = await SmokeRun.Of(command, "replay", recording, other);
        Assert.Equal(3, wrong.Code);
        Assert.Contains("another model", wrong.Error, StringComparison.Ordinal);
    }
}
