namespace Latch.Cli.Tests.Commands;

/// <summary>What <c>latch build</c> refuses before it compiles anything, and what it warns of.</summary>
public sealed class BuildTests : IDisposable
{
    private const string Configuration = """{ "model": "/var/lib/latch/current/model", "trust": { "keys": ["/etc/latch/keys"] }, "source": { "kind": "host" } }""";

    private readonly Scratch _scratch = new();

    private static string Gates => Path.Combine(SharedData.Repository, "samples", "gates", "gates-lstm.latch");

    private string Out => _scratch.Path("out");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Build_ProfileThatIsNone_IsRefused()
    {
        string profile = _scratch.Write("t.csv", "a,b\n1,2\n");
        AssertRefused(await Build(await Forecaster(), "--profile", profile), $"{profile}: ");
    }

    [Fact]
    public async Task Build_ProfileOfAnotherModel_IsRefusedWithTheAgentsWords()
    {
        string profile = await Profile(await Forecaster());
        AssertRefused(await Build(Gates, "--profile", profile), $"{profile}: ", "Learn a profile for this model with 'latch watch --train ... --save-profile'.");
    }

    [Fact]
    public async Task Build_ProfileOfTheModel_IsPacked()
    {
        string model = await Forecaster(), profile = await Profile(model);
        CommandRun run = await Build(model, "--profile", profile);
        Assert.True(run.Code == 0, run.Error);
        Assert.Equal(await File.ReadAllBytesAsync(profile, TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(Path.Combine(Out, "bundle", "profile.json"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Build_UselessConfiguration_NamesEveryFault()
    {
        string config = _scratch.Write("bad.json", """{"foo":1}""");
        CommandRun run = await Build(Gates, "--config", config);
        AssertRefused(run, $"{config}: model: must be given.");
        Assert.Contains($"{config}: source: must be given: an object with a kind.", run.Error, StringComparison.Ordinal);
        Assert.Contains($"{config}: foo: is not known here;", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_ConfigurationWithAChannelThatTheModelLacks_IsRefused()
    {
        string config = _scratch.Write("agent.json", Configuration.Replace("\"source\"", "\"faults\": { \"stuckChannels\": [\"nowhere\"] }, \"source\"", StringComparison.Ordinal));
        AssertRefused(await Build(Gates, "--config", config), "faults.stuckChannels", "nowhere");
    }

    // Passwords, certificates and descriptions of devices lie on the board, not here.
    [Fact]
    public async Task Build_ConfigurationThatNamesFilesOfTheBoard_IsTaken()
    {
        string config = _scratch.Write("agent.json", """
            {
              "model": "/var/lib/latch/current/model",
              "trust": { "keys": ["/etc/latch/keys"] },
              "source": { "kind": "i2c", "device": "/etc/latch/own.json", "bus": 1, "address": "0x48", "channels": ["a"] },
              "telemetry": {
                "mqtt": { "host": "broker", "user": "u", "passwordFile": "/etc/latch/no-such-password", "tls": { "enabled": true, "caFile": "/etc/latch/no-such-ca.pem" } },
                "otlp": { "endpoint": "https://collector:4318/v1/metrics", "headersFile": "/etc/latch/no-such-headers" }
              }
            }
            """);
        CommandRun run = await Build(Gates, "--config", config);
        Assert.True(run.Code == 0, run.Error);
    }

    [Fact]
    public async Task Build_WithoutKey_WarnsThatAnyModelIsAccepted()
    {
        CommandRun run = await Build(Gates);
        Assert.Equal(0, run.Code);
        Assert.StartsWith("warning: this agent accepts any unsigned model", run.Error, StringComparison.Ordinal);
        Assert.Contains("'latch keygen -o model.pem'", run.Error, StringComparison.Ordinal);
        Assert.Contains("--sign model.pem", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_WithKey_WarnsOfNothing()
    {
        Assert.Equal(0, (await CommandRun.Of("keygen", "-o", _scratch.Path("key.pem"))).Code);
        CommandRun run = await Build(Gates, "--sign", _scratch.Path("key.pem"), "--config", _scratch.Write("agent.json", Configuration));
        Assert.Equal((0, ""), (run.Code, run.Error));
    }

    [Fact]
    public async Task Build_UnsignedModelForAnAgentThatTakesSignedOnes_WarnsThatItWillBeRefused()
    {
        CommandRun run = await Build(Gates, "--config", _scratch.Write("agent.json", Configuration));
        Assert.Equal(0, run.Code);
        Assert.Contains("the agent takes signed models only (trust.allowUnsigned is not set) and will refuse this one", run.Error, StringComparison.Ordinal);
    }

    private async Task<CommandRun> Build(string model, params string[] more) =>
        await CommandRun.Of(["build", "--target", "pi-4", "--model", model, "--agent", _scratch.Write("agent", "#!/bin/sh\n"), "-o", Out, .. more]);

    private void AssertRefused(CommandRun run, params string[] parts)
    {
        run.AssertFails(3, parts);
        Assert.False(Directory.Exists(Out));
    }

    private async Task<string> Forecaster()
    {
        string model = _scratch.Path("tiny.latch");
        CommandRun run = await CommandRun.Of("quantize", new TinyOnnx().Write(_scratch.Path("tiny.onnx")), "--calibration", _scratch.Write("train.csv", TinySeries.Csv(400)), "-o", model);
        Assert.True(run.Code == 0, run.Error);
        return model;
    }

    private async Task<string> Profile(string model)
    {
        string profile = _scratch.Path("tiny.profile.json"), train = _scratch.Path("train.csv");
        CommandRun run = await CommandRun.Of("watch", model, "--source", train, "--train", train, "--save-profile", profile, "--json");
        Assert.True(run.Code == 0, run.Error);
        return profile;
    }
}
