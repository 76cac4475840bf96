using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Latch.Bundle;
using Latch.Targets.Build;
using Latch.Targets.Profiles;

namespace Latch.Targets.Tests.Build;

public sealed partial class PackageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("latch-packages-").FullName;

    [Fact]
    public async Task Build_Twice_GivesTheSamePackages()
    {
        BuildResult result = await BuildAsync();
        string[] packages = [result.AgentPackage, result.ModelPackage];
        byte[][] first = [.. packages.Select(package => File.ReadAllBytes(Path.Combine(_folder, "out", package)))];
        await Task.Delay(1100, TestContext.Current.CancellationToken);
        Assert.Equal(result, await BuildAsync());
        Assert.Equal(first, packages.Select(package => File.ReadAllBytes(Path.Combine(_folder, "out", package))));
        Assert.Equal(result, TargetBuild.Load(Path.Combine(_folder, "out")));
    }

    [Fact]
    public async Task Build_OnAnotherDay_GivesTheSameAgent()
    {
        BuildResult first = await BuildAsync();
        byte[] agent = await File.ReadAllBytesAsync(Path.Combine(_folder, "out", first.AgentPackage), TestContext.Current.CancellationToken);
        byte[] model = await File.ReadAllBytesAsync(Path.Combine(_folder, "out", first.ModelPackage), TestContext.Current.CancellationToken);
        BuildResult second = await BuildAsync(days: 400);
        Assert.Equal(agent, await File.ReadAllBytesAsync(Path.Combine(_folder, "out", second.AgentPackage), TestContext.Current.CancellationToken));
        Assert.NotEqual(model, await File.ReadAllBytesAsync(Path.Combine(_folder, "out", second.ModelPackage), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Build_AgentVersion_IsHigherThanTheOneBefore()
    {
        string[] versions = [await VersionAsync(null), await VersionAsync(2), await VersionAsync(10)];
        Assert.Equal([versions[0], $"{versions[0]}+2", $"{versions[0]}+10"], versions);
        Assert.All(versions.Zip(versions.Skip(1)), pair => Assert.Equal(0, Run("dpkg", "--compare-versions", pair.First, "lt", pair.Second).Code));
        Assert.Equal(0, Run("dpkg", "--compare-versions", versions[2], "lt", "0.1.1").Code);
    }

    private async Task<string> VersionAsync(int? agentVersion)
    {
        BuildResult result = await BuildAsync(agentVersion: agentVersion);
        string version = Run("dpkg-deb", "-f", Path.Combine(_folder, "out", result.AgentPackage), "Version").Text.Trim();
        Assert.Equal($"latch-agent_{version}_arm64.deb", result.AgentPackage);
        return version;
    }

    [Fact]
    public async Task Packages_Lintian_FindsNothing()
    {
        SharedData.RequirePath("/usr/bin/lintian", "the command lintian (Debian: lintian)");
        BuildResult result = await BuildAsync(agentVersion: 3);
        (int code, string text) = Run("lintian", "--fail-on", "error,warning", Path.Combine(_folder, "out", result.AgentPackage), Path.Combine(_folder, "out", result.ModelPackage));
        Assert.True(code == 0, text);
    }

    [Fact]
    public async Task AgentPackage_Content_IsWhatABoardNeeds()
    {
        BuildResult result = await BuildAsync();
        string root = Extract(result.AgentPackage);
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(SharedData.Repository, "targets", "packaging", "latch-slot"), TestContext.Current.CancellationToken), await File.ReadAllTextAsync(Path.Combine(root, "usr/lib/latch/latch-slot"), TestContext.Current.CancellationToken));
        Assert.Equal($"{result.AgentContent}\n", await File.ReadAllTextAsync(Path.Combine(root, "usr/lib/latch/agent/content"), TestContext.Current.CancellationToken));
        Assert.Equal($"{result.SignedBy}.pem", Path.GetFileName(Directory.GetFiles(Path.Combine(root, "etc/latch/keys")).Single()));
        string unit = await File.ReadAllTextAsync(Path.Combine(root, "lib/systemd/system/latch-agent.service"), TestContext.Current.CancellationToken);
        Assert.Contains("MemoryMax=96M\n", unit, StringComparison.Ordinal);
        foreach (Match page in ManualPage().Matches(unit))
            Assert.True(File.Exists(Path.Combine(root, $"usr/share/man/man{page.Groups[2].Value}/{page.Groups[1].Value}.{page.Groups[2].Value}.gz")), page.Value);
        Assert.NotEmpty(ManualPage().Matches(unit));
        string control = Run("dpkg-deb", "-f", Path.Combine(_folder, "out", result.AgentPackage)).Text;
        Assert.Contains("Architecture: arm64\n", control, StringComparison.Ordinal);
        Assert.Contains("libc6 (>= 2.34)", control, StringComparison.Ordinal);
        Assert.DoesNotContain("@", string.Concat(Directory.GetFiles(root, "*", SearchOption.AllDirectories).Where(path => path.Contains("/DEBIAN/", StringComparison.Ordinal)).Select(File.ReadAllText)).Replace("latch@localhost", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ModelPackage_Bundle_IsTheSignedOne()
    {
        BuildResult result = await BuildAsync();
        string root = Extract(result.ModelPackage);
        ModelBundle bundle = ModelBundle.Open(Path.Combine(root, "usr/share/latch/models/pump"), new BundleTrust { Keys = [Path.Combine(_folder, "key.pub.pem")] });
        Assert.Equal(("pump", 7, result.SignedBy), (bundle.Manifest.Name, bundle.Manifest.Version, bundle.SignedBy));
        Assert.Equal(new BundleLimits(10000, 48), bundle.Limits);
    }

    [Theory]
    [InlineData("latch-agent.service")]
    [InlineData("latch-health.service")]
    public async Task Unit_Exposure_IsBelowTwoAndAHalf(string unit)
    {
        SharedData.RequirePath("/usr/bin/systemd-analyze", "the command systemd-analyze (Debian: systemd)");
        string root = Extract((await BuildAsync()).AgentPackage);
        (_, string text) = Run("systemd-analyze", "security", "--offline=true", "--no-pager", Path.Combine(root, "lib/systemd/system", unit));
        double exposure = double.Parse(Exposure().Match(text).Groups[1].Value, CultureInfo.InvariantCulture);
        TestContext.Current.TestOutputHelper?.WriteLine($"{unit}: {exposure}");
        Assert.InRange(exposure, 0.1, 2.4);
    }

    [Theory]
    [InlineData("latch-agent/postinst")]
    [InlineData("latch-agent/prerm")]
    [InlineData("latch-agent/postrm")]
    [InlineData("latch-model/postinst")]
    public void MaintainerScript_Text_IsPlainShell(string script)
    {
        SharedData.RequirePath("/usr/bin/shellcheck", "the command shellcheck (Debian: shellcheck)");
        string filled = Path.Combine(_folder, "script");
        File.WriteAllText(filled, File.ReadAllText(Path.Combine(SharedData.Repository, "targets", "packaging", script)).Replace("@GROUPS@", "gpio i2c", StringComparison.Ordinal).Replace("@NAME@", "pump", StringComparison.Ordinal));
        Assert.Equal((0, ""), Run("shellcheck", filled));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<BuildResult> BuildAsync(int days = 0, int? agentVersion = null)
    {
        string key = Path.Combine(_folder, "key.pem"), agent = Path.Combine(_folder, "agent");
        if (!File.Exists(key))
            BundleKeys.Create(key);
        await File.WriteAllTextAsync(agent, "#!/bin/sh\nexit 0\n", TestContext.Current.CancellationToken);
        return await TargetBuild.RunAsync(
            new BuildRequest
            {
                Target = TargetCatalog.Load().Find("pi-4"),
                Model = Path.Combine(SharedData.Repository, "samples", "gates", "gates-lstm.latch"),
                Name = "pump",
                Version = 7,
                Key = key,
                Agent = agent,
                Output = Path.Combine(_folder, "out"),
                Maintainer = "Latch <latch@localhost>",
                Time = DateTimeOffset.FromUnixTimeSeconds(1767225600).AddDays(days),
                AgentVersion = agentVersion,
            },
            _ => { }, _ => { }, TestContext.Current.CancellationToken);
    }

    private string Extract(string package)
    {
        string root = Path.Combine(_folder, "root");
        Assert.Equal(0, Run("dpkg-deb", "-R", Path.Combine(_folder, "out", package), root).Code);
        return root;
    }

    private static (int Code, string Text) Run(string program, params string[] arguments)
    {
        SharedData.RequirePath($"/usr/bin/{program}", $"the command {program}");
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, text);
    }

    [GeneratedRegex(@"man:([a-z-]+)\(([0-9])\)")]
    private static partial Regex ManualPage();

    [GeneratedRegex(@"Overall exposure level for \S+: ([0-9.]+)")]
    private static partial Regex Exposure();
}
