using System.Diagnostics;
using System.Security.Cryptography;
using Latch.Agent.Configuration;
using Latch.Agent.Models;
using Latch.Bundle;
using Latch.Model;

namespace Latch.Agent.Tests;

/// <summary>What the agent makes of the files that its configuration names.</summary>
public sealed class ModelLoaderTests : IDisposable
{
    private readonly Scratch _scratch = new();

    [Fact]
    public async Task Load_Bundle_ReadsEachFileOnce()
    {
        string bundle = Bundle("bundle", 3);
        string hash = Sha256(Path.Combine(bundle, "model.latch"));
        foreach (string file in Directory.GetFiles(bundle))
            Once(file);
        LoadedModel loaded = await LoadAsync(Allowing(bundle));
        Assert.Equal(("small", 3, hash, 64), (loaded.Name, loaded.Version, loaded.Fingerprint, loaded.GoldenSteps));
        Assert.NotNull(loaded.Profile);
    }

    [Fact]
    public async Task Load_PlainFileAndProfile_ReadsEachOnce()
    {
        ModelWriter.Write(TestModels.Definition(), _scratch["m.latch"]);
        string hash = Sha256(_scratch["m.latch"]);
        WriteProfile();
        AgentConfiguration configuration = Allowing("m.latch", """ "alarms": { "profile": "p.json" }, """);
        LoadedModel expected = ModelLoader.Load(configuration, null);
        Once(_scratch["m.latch"]);
        Once(_scratch["p.json"]);
        LoadedModel loaded = await LoadAsync(configuration);
        Assert.Equal((hash, expected.ProfileHash), (loaded.Fingerprint, loaded.ProfileHash));
        Assert.NotNull(loaded.Profile);
    }

    [Theory]
    [InlineData("small 3\n")]
    [InlineData("small 2\n")]
    [InlineData("")]
    [InlineData("small\n")]
    [InlineData("small x\n")]
    public void Load_SlotNotOlderThanInstalled_IsTaken(string installed)
    {
        Slot(3, installed);
        Assert.Equal(3, ModelLoader.Load(Allowing("current/model"), null).Version);
    }

    [Fact]
    public void Load_SlotOlderThanInstalled_IsRefusedUnlessAllowed()
    {
        Slot(3, "small 4\n");
        AgentException exception = Assert.Throws<AgentException>(() => ModelLoader.Load(Allowing("current/model"), null));
        Assert.Contains("Model 'small' has version 3, older than the installed 4.", exception.Message, StringComparison.Ordinal);
        Assert.Throws<AgentException>(() => ModelLoader.Load(Allowing("current/model"), 3));
        Assert.Equal(3, ModelLoader.Load(Allowing("current/model", older: true), null).Version);
        // As a rollback does it: the older version is written down first, then the slot before starts.
        File.WriteAllText(_scratch["installed"], "small 3\n");
        Assert.Equal(3, ModelLoader.Load(Allowing("current/model"), null).Version);
        // A model that runs counts as well.
        Assert.Throws<AgentException>(() => ModelLoader.Load(Allowing("current/model"), 4));
    }

    [Fact]
    public void Load_BundleInAFolder_KnowsNoInstalledOne()
    {
        Bundle("current/model", 3);
        _scratch.Write("installed", "small 4\n");
        Assert.Equal(3, ModelLoader.Load(Allowing("current/model"), null).Version);
    }

    [Fact]
    public void Load_NoFile_SaysSo() =>
        Assert.Equal($"{_scratch["m.latch"]}: it cannot be read: there is no such file.", Assert.Throws<AgentException>(() => ModelLoader.Load(Allowing("m.latch"), null)).Message);

    public void Dispose() => _scratch.Dispose();

    private static string Sha256(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    // A second read of a pipe would wait for ever.
    private static void Once(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        File.Delete(path);
        using (Process process = Process.Start("mkfifo", [path]))
            process.WaitForExit();
        Task.Factory.StartNew(() => File.WriteAllBytes(path, bytes), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private static async Task<LoadedModel> LoadAsync(AgentConfiguration configuration) => await Task.Factory
        .StartNew(() => ModelLoader.Load(configuration, null), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)
        .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    private AgentConfiguration Allowing(string model, string more = "", bool older = false) => TestModels.Configuration(
        $$"""{ {{more}} "model": "{{model}}", "trust": { "allowUnsigned": true, "allowOlder": {{(older ? "true" : "false")}} }, "source": { "kind": "stdin" } }""", _scratch.Folder);

    private void Slot(int version, string installed)
    {
        Bundle("slots/1/model", version);
        Directory.CreateSymbolicLink(_scratch["current"], "slots/1");
        _scratch.Write("installed", installed);
    }

    private string Bundle(string folder, int version)
    {
        ModelWriter.Write(TestModels.Definition(), _scratch["m.latch"]);
        WriteProfile();
        Directory.CreateDirectory(Path.GetDirectoryName(_scratch[folder])!);
        BundleWriter.Write(_scratch[folder], new BundleContent
        {
            Name = "small",
            Version = version,
            Created = DateTimeOffset.UnixEpoch,
            ModelPath = _scratch["m.latch"],
            ProfilePath = _scratch["p.json"],
        });
        return _scratch[folder];
    }

    private void WriteProfile()
    {
        using Runtime.LatchModel model = Runtime.LatchModel.Create(TestModels.Definition());
        TestModels.Profile(model).Save(_scratch["p.json"]);
    }
}
