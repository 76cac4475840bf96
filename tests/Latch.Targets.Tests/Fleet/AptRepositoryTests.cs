using System.Diagnostics;
using Latch.Bundle;
using Latch.Targets.Build;
using Latch.Targets.Profiles;

namespace Latch.Targets.Tests.Fleet;

/// <summary>targets/fleet/apt-repository, asked by the apt of this machine with a root folder of its own.</summary>
public sealed class AptRepositoryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("latch-apt-").FullName;
    private int _days;

    private string Public => Path.Combine(_folder, "repository", "public");

    [Fact]
    public async Task Added_UpdateAndDownload_GivesThePackagesThatWereBuilt()
    {
        Init();
        string[] packages = await BuildAsync(version: 1);
        Run("add", packages).Is(0);
        using StaticFiles server = new(Public);
        Apt(server, "update").Is(0);
        Apt(server, "download", "latch-agent", "latch-model-pump").Is(0);
        Assert.Equal(packages.Select(File.ReadAllBytes), packages.Select(package => File.ReadAllBytes(Path.Combine(_folder, "apt", Path.GetFileName(package)))));

        packages = await BuildAsync(version: 2);
        Run("add", packages).Is(0);
        Apt(server, "update").Is(0);
        string policy = Apt(server, "policy", "latch-model-pump").Is(0);
        Assert.Contains("Candidate: 2\n", policy, StringComparison.Ordinal);
        // The newest version only.
        Assert.DoesNotContain(" 1 500", policy, StringComparison.Ordinal);
        Assert.Equal(["latch-agent", "latch-model-pump"], Run("list").Is(0).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(' ')[1]).Distinct().Order());
    }

    [Fact]
    public async Task Add_SameVersionOtherContent_IsRefused()
    {
        Init();
        Run("add", await BuildAsync(version: 1)).Is(0);
        byte[] before = await File.ReadAllBytesAsync(Path.Combine(Public, "dists", "stable", "InRelease"), TestContext.Current.CancellationToken);
        string[] other = await BuildAsync(version: 1, agent: "#!/bin/sh\nexit 1\n");
        Assert.Contains("new content needs a new version", Run("add", other[0]).Is(1), StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(Path.Combine(Public, "dists", "stable", "InRelease"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Add_ChangedAgentUnderItsOwnVersion_IsTheCandidate()
    {
        Init();
        Run("add", await BuildAsync(version: 1)).Is(0);
        string[] other = await BuildAsync(version: 2, agent: "#!/bin/sh\nexit 1\n", agentVersion: 1);
        Run("add", other).Is(0);
        using StaticFiles server = new(Public);
        Apt(server, "update").Is(0);
        Assert.Matches(@"Candidate: [0-9.]+\+1\n", Apt(server, "policy", "latch-agent").Is(0));
        Apt(server, "download", "latch-agent").Is(0);
        Assert.Equal(await File.ReadAllBytesAsync(other[0], TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(Path.Combine(_folder, "apt", Path.GetFileName(other[0])), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Add_OlderVersion_IsRefused()
    {
        Init();
        string[] old = await BuildAsync(version: 9);
        File.Copy(old[1], Path.Combine(_folder, "old.deb"));
        Run("add", await BuildAsync(version: 10)).Is(0);
        Assert.Contains("latch-model-pump 9 is older than 10", Run("add", Path.Combine(_folder, "old.deb")).Is(1), StringComparison.Ordinal);
        Run("remove", "latch-model-pump").Is(0);
        Run("add", Path.Combine(_folder, "old.deb")).Is(0);
    }

    [Theory]
    [InlineData("InRelease", "Latch agent and models", "Other agent and models", "BADSIG")]
    [InlineData("main/binary-arm64/Packages", "Version: 1", "Version: 7", "Hash Sum mismatch")]
    public async Task Update_ChangedAfterSigning_IsRefused(string file, string text, string other, string error)
    {
        Init();
        Run("add", await BuildAsync(version: 1)).Is(0);
        using StaticFiles server = new(Public);
        string path = Path.Combine(Public, "dists", "stable", file), content = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        Assert.Contains(text, content, StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, content.Replace(text, other, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        // apt would take the packed list, which is whole.
        File.Delete(Path.Combine(Public, "dists", "stable", "main", "binary-arm64", "Packages.gz"));
        Assert.Contains(error, Apt(server, "update").Is(100), StringComparison.Ordinal);
        Assert.DoesNotContain("Candidate:", Apt(server, "policy", "latch-model-pump").Is(0), StringComparison.Ordinal);
    }

    [Fact]
    public void Update_KeyOfAnotherRepository_IsRefused()
    {
        Init();
        using StaticFiles server = new(Public);
        Program(Script, [Path.Combine(_folder, "other"), "init"]).Is(0);
        File.Copy(Path.Combine(_folder, "other", "public", "latch.asc"), Path.Combine(Public, "latch.asc"), overwrite: true);
        Assert.Contains("NO_PUBKEY", Apt(server, "update").Is(100), StringComparison.Ordinal);
    }

    [Fact]
    public void Init_KeyAndAgent_AreForTheOwnerOnlyAndGone()
    {
        Init();
        string folder = Path.Combine(_folder, "repository", "private");
        Assert.Equal("700\n", Program("stat", ["-c", "%a", folder]).Is(0));
        Assert.Contains("holds a repository already", Run("init").Is(1), StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.GetFiles("/proc", "cmdline", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 }),
            path => Line(path).Contains(folder, StringComparison.Ordinal));
    }

    [Fact]
    public void Script_Text_IsPlainShell()
    {
        SharedData.RequirePath("/usr/bin/shellcheck", "the command shellcheck (Debian: shellcheck)");
        Program("/usr/bin/shellcheck", [Script]).Is(0);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Script => Path.Combine(SharedData.Repository, "targets", "fleet", "apt-repository");

    private static string Line(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private void Init()
    {
        foreach (string tool in (string[])["reprepro", "gpg", "apt-get"])
            SharedData.RequirePath($"/usr/bin/{tool}", "reprepro, gpg and apt-get (Debian: reprepro gnupg apt)");
        Run("init").Is(0);
    }

    private Ended Run(string action, params string[] arguments) => Program(Script, [Path.Combine(_folder, "repository"), action, .. arguments]);

    private Ended Apt(StaticFiles server, string action, params string[] arguments)
    {
        string root = Path.Combine(_folder, "apt");
        foreach (string needed in (string[])["etc/apt/apt.conf.d", "etc/apt/preferences.d", "etc/apt/sources.list.d", "lists/partial", "cache/archives/partial"])
            Directory.CreateDirectory(Path.Combine(root, needed));
        File.WriteAllText(Path.Combine(root, "status"), "");
        File.WriteAllText(Path.Combine(root, "etc/apt/sources.list.d/latch.sources"),
            $"Types: deb\nURIs: http://127.0.0.1:{server.Port}\nSuites: stable\nComponents: main\nSigned-By: {Path.Combine(Public, "latch.asc")}\n");
        (string, string)[] settings =
        [
            ("Dir::Etc", $"{root}/etc/apt"), ("Dir::State::lists", $"{root}/lists"), ("Dir::State::status", $"{root}/status"), ("Dir::Cache", $"{root}/cache"), ("APT::Architecture", "arm64"),
            ("APT::Architectures", "arm64"), ("APT::Sandbox::User", ""), ("Acquire::Languages", "none"), ("APT::Update::Error-Mode", "any"), ("Acquire::http::Proxy", "DIRECT"),
        ];
        return Program(action == "policy" ? "apt-cache" : "apt-get", [.. settings.SelectMany(static setting => new[] { "-o", $"{setting.Item1}={setting.Item2}" }), action, .. arguments], root);
    }

    private async Task<string[]> BuildAsync(int version, string agent = "#!/bin/sh\nexit 0\n", int? agentVersion = null)
    {
        string key = Path.Combine(_folder, "key.pem"), program = Path.Combine(_folder, "agent"), output = Path.Combine(_folder, "out");
        if (!File.Exists(key))
            BundleKeys.Create(key);
        await File.WriteAllTextAsync(program, agent, TestContext.Current.CancellationToken);
        BuildResult result = await TargetBuild.RunAsync(
            new BuildRequest
            {
                Target = TargetCatalog.Load().Find("pi-4"),
                Model = Path.Combine(SharedData.Repository, "samples", "gates", "gates-lstm.latch"),
                Name = "pump",
                Version = version,
                Key = key,
                Agent = program,
                Output = output,
                Maintainer = "Latch <latch@localhost>",
                AgentVersion = agentVersion,
                // Each release is built on another day.
                Time = DateTimeOffset.FromUnixTimeSeconds(1767225600).AddDays(_days++),
            },
            _ => { }, _ => { }, TestContext.Current.CancellationToken);
        return [Path.Combine(output, result.AgentPackage), Path.Combine(output, result.ModelPackage)];
    }

    private static Ended Program(string program, string[] arguments, string? folder = null)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? "" };
        start.Environment["LC_ALL"] = "C.UTF-8";
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string text = process.StandardOutput.ReadToEnd() + error.GetAwaiter().GetResult();
        process.WaitForExit();
        return new Ended(process.ExitCode, text);
    }

    private sealed record Ended(int Code, string Text)
    {
        public string Is(int code)
        {
            Assert.True(Code == code, $"exit code {Code} instead of {code}: {Text}");
            return Text;
        }
    }
}
