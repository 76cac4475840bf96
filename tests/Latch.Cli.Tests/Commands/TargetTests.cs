using System.Text.Json;

namespace Latch.Cli.Tests.Commands;

public sealed class TargetTests
{
    private static readonly string[] s_shipped = ["arm64", "beagleplay", "cm4", "pi-3", "pi-4", "pi-5", "pi-zero-2w", "x64"];

    private static string Model => Path.Combine(SharedData.Repository, "samples", "gates", "gates-lstm.latch");

    [Fact]
    public async Task Targets_Json_ListsTheShippedProfiles()
    {
        CommandRun run = await CommandRun.Of("targets", "--json");
        using JsonDocument document = JsonDocument.Parse(run.Out);
        Assert.Equal(s_shipped, document.RootElement.EnumerateArray().Select(profile => profile.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task Targets_FolderOfOnesOwn_IsListedToo()
    {
        using Scratch scratch = new();
        string pi4 = await File.ReadAllTextAsync(Path.Combine(SharedData.Repository, "targets", "raspberry-pi-4.json"), TestContext.Current.CancellationToken);
        scratch.Write("my-board.json", pi4.Replace("\"pi-4\"", "\"my-board\"", StringComparison.Ordinal).Replace("1800", "1600", StringComparison.Ordinal));
        CommandRun run = await CommandRun.Of("targets", "--targets", scratch.Folder);
        Assert.Equal(0, run.Code);
        Assert.Matches(@"my-board\s+Raspberry Pi 4 Model B\s+4 x cortex-a72, 1600 MHz", run.Out);
        Assert.Matches(@"pi-4\s+Raspberry Pi 4 Model B\s+4 x cortex-a72, 1800 MHz", run.Out);
        Assert.Equal(0, (await CommandRun.Of("inspect", Model, "--target", "my-board", "--targets", scratch.Folder)).Code);
    }

    [Fact]
    public async Task Targets_BrokenProfile_SaysWhichAndWhat()
    {
        using Scratch scratch = new();
        scratch.Write("broken.json", "{ \"name\": \"x\" }");
        (await CommandRun.Of("targets", "--targets", scratch.Folder)).AssertFails(3, "broken.json: it is no target profile:", "target.schema.json says what it must hold.");
        (await CommandRun.Of("targets", "--targets", scratch.Path("none"))).AssertFails(3, "there is no such folder of target profiles.");
    }

    [Fact]
    public async Task Inspect_Target_GivesAnEstimateThatIsCalledOne()
    {
        CommandRun run = await CommandRun.Of("inspect", Model, "--target", "pi-4");
        Assert.Equal(0, run.Code);
        Assert.Contains("On pi-4 (Raspberry Pi 4 Model B)", run.Out, StringComparison.Ordinal);
        Assert.Matches(@"memory of weights\s+[0-9.]+ KiB, packed for advsimd, the kernel of this board", run.Out);
        Assert.Matches(@"a step works on\s+[0-9.]+ KiB: fits into the (first|second) cache of the Cortex-A72", run.Out);
        Assert.Matches(@"step time, ESTIMATE\s+[0-9.]+ to [0-9.]+ us at 1800 MHz \(not measured\)", run.Out);
        Assert.Contains("nothing was measured on a board.", run.Out, StringComparison.Ordinal);
        CommandRun json = await CommandRun.Of("inspect", Model, "--target", "pi-4", "--json");
        using JsonDocument document = JsonDocument.Parse(json.Out);
        Assert.False(document.RootElement.GetProperty("target").GetProperty("estimate").GetProperty("isMeasured").GetBoolean());
    }

    [Fact]
    public async Task Inspect_TargetWithWeightsInTheFirstCache_GivesOneTime()
    {
        using Scratch scratch = new();
        CommandRun quantized = await CommandRun.Of(
            "quantize", new TinyOnnx().Write(scratch.Path("tiny.onnx")), "--calibration", scratch.Write("train.csv", TinySeries.Csv(200)), "-o", scratch.Path("tiny.latch"));
        Assert.True(quantized.Code == 0, quantized.Error);
        CommandRun run = await CommandRun.Of("inspect", scratch.Path("tiny.latch"), "--target", "pi-4");
        Assert.Matches(@"step time, ESTIMATE\s+[0-9.]+ us at 1800 MHz \(not measured\)", run.Out);
        Assert.Matches(@"of which weights\s+0 us, read from the first cache", run.Out);
        Assert.Contains("fits into the first cache of the Cortex-A72", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_TargetWithWeightsInMemory_SaysSo()
    {
        using Scratch scratch = new();
        string pi4 = await File.ReadAllTextAsync(Path.Combine(SharedData.Repository, "targets", "raspberry-pi-4.json"), TestContext.Current.CancellationToken);
        scratch.Write("small.json", pi4.Replace("\"pi-4\"", "\"small\"", StringComparison.Ordinal).Replace("\"KiB\": 32,", "\"KiB\": 1,", StringComparison.Ordinal).Replace("\"KiB\": 1024,", "\"KiB\": 2,", StringComparison.Ordinal));
        CommandRun run = await CommandRun.Of("inspect", Model, "--target", "small", "--targets", scratch.Folder);
        Assert.Contains("KiB: more than the caches of the Cortex-A72 hold", run.Out, StringComparison.Ordinal);
        Assert.Matches(@"of which weights\s+0 to [0-9.]+ us, read from the memory", run.Out);
    }

    [Fact]
    public async Task Inspect_TargetWithoutCycleModel_SaysThatThereIsNoEstimate()
    {
        CommandRun run = await CommandRun.Of("inspect", Model, "--target", "x64");
        Assert.Equal(0, run.Code);
        Assert.Contains("The time of a step is not estimated: nothing is known about the core 'x86-64-v3'", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("ESTIMATE", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_UnknownTarget_NamesThoseThereAre() =>
        (await CommandRun.Of("inspect", Model, "--target", "pi-6")).AssertFails(3, "There is no target 'pi-6'; there are: arm64, beagleplay,");

    [Fact]
    public async Task Keygen_Key_IsMadeOnce()
    {
        using Scratch scratch = new();
        CommandRun run = await CommandRun.Of("keygen", "-o", scratch.Path("key.pem"));
        Assert.Equal(0, run.Code);
        Assert.Matches("^key [0-9a-f]{16}\n", run.Out);
        Assert.True(File.Exists(scratch.Path("key.pub.pem")));
        (await CommandRun.Of("keygen", "-o", scratch.Path("key.pem"))).AssertFails(4, "a key is never written over");
    }

    [Fact]
    public async Task Build_PassphraseKey_NeedsItsFile()
    {
        using Scratch scratch = new();
        string passphrase = scratch.Write("passphrase", "correct horse\n"), agent = scratch.Write("agent", "#!/bin/sh\n");
        Assert.Equal(0, (await CommandRun.Of("keygen", "-o", scratch.Path("key.pem"), "--passphrase-file", passphrase)).Code);
        string[] build = ["build", "--target", "arm64", "--model", Model, "--sign", scratch.Path("key.pem"), "--agent", agent, "-o", scratch.Path("out")];
        (await CommandRun.Of(build)).AssertFails(3, "The key has a passphrase.");
        CommandRun run = await CommandRun.Of([.. build, "--passphrase-file", passphrase]);
        Assert.True(run.Code == 0, run.Error);
        Assert.True(File.Exists(scratch.Path("out/bundle/manifest.sig")));
    }

    [Fact]
    public async Task Build_AgentOfAnotherProcessor_IsRefused()
    {
        using Scratch scratch = new();
        CommandRun run = await CommandRun.Of("build", "--target", "pi-4", "--model", Model, "--agent", "/proc/self/exe", "-o", scratch.Path("out"));
        Assert.Equal(3, run.Code);
        Assert.Contains("it is no program for aarch64 (ELF machine 62, not 183).", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(scratch.Path("out")));
    }

    [Fact]
    public async Task Build_BadInput_SaysWhat()
    {
        using Scratch scratch = new();
        string agent = scratch.Write("agent", "#!/bin/sh\n"), config = scratch.Write("agent.json", "{ nonsense");
        string[] build = ["build", "--target", "pi-4", "--model", Model, "--agent", agent, "-o", scratch.Path("out")];
        (await CommandRun.Of([.. build, "--config", config])).AssertFails(3, "agent.json: the file: is not JSON.");
        (await CommandRun.Of([.. build, "--name", "A b"])).AssertFails(3, "'A b' cannot be the name of a model's package");
        (await CommandRun.Of([.. build, "--version", "0"])).AssertFails(2, "--version must be a number from 1");
        (await CommandRun.Of([.. build, "--sign", scratch.Path("none.pem")])).AssertFails(3, "none.pem: The key cannot be read:");
        (await CommandRun.Of("deploy", "-evil", "--target", "pi-4", "--packages", scratch.Folder)).AssertFails(3, "'-evil' is no board");
        (await CommandRun.Of("deploy", "pi@board", "--target", "pi-4", "--packages", scratch.Folder, "--sign", "key.pem")).AssertFails(2, "--sign is for building: give --model too");
        (await CommandRun.Of("deploy", "pi@board", "--target", "pi-4")).AssertFails(2, "Give the folder that 'latch build' wrote");
        (await CommandRun.Of("deploy", "pi@board", "--target", "pi-4", "--packages", scratch.Folder)).AssertFails(3, "build.json: it cannot be read:");
    }
}
