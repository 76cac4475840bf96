using System.Globalization;

namespace Latch.Board.Tests;

/// <summary>
/// What goes to a board, made once a run by the commands a user would type: the host model quantized, a key, the agent compiled by <c>latch build</c>. LATCH_BOARD_AGENT names an agent
/// that is compiled already.
/// </summary>
internal static class AgentBuild
{
    /// <summary>The target of every package here: of all, the one that allows a step most time, for a busy machine emulates slowly.</summary>
    internal const string Target = "arm64";

    /// <summary>Name of the model's package.</summary>
    internal const string ModelName = "host";

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(6);

    private static readonly Lazy<string> s_folder = new(CreateFolder);
    private static readonly Lazy<string> s_key = new(CreateKey);
    private static readonly Lazy<string> s_model = new(Quantize);
    private static readonly Lazy<string> s_profile = new(LearnProfile);
    private static readonly Lazy<string> s_agent = new(Compile);

    /// <summary>A folder for this run, deleted at its end.</summary>
    internal static string Folder => s_folder.Value;

    /// <summary>The private key that signs; its public one lies beside it, ending in .pub.pem.</summary>
    internal static string Key => s_key.Value;

    /// <summary>The host LSTM of samples/host-sensors, quantized.</summary>
    internal static string Model => s_model.Value;

    /// <summary>Its anomaly profile.</summary>
    internal static string Profile => s_profile.Value;

    /// <summary>The agent for linux-arm64. Skips the test when the cross compiler is not there.</summary>
    internal static string Agent => s_agent.Value;

    /// <summary>Runs the program <c>latch</c> that was built with these tests.</summary>
    internal static ProcessRun Latch(params IEnumerable<string> arguments) =>
        ProcessRun.Of(s_limit, "dotnet", [Path.Combine(AppContext.BaseDirectory, "latch.dll"), .. arguments]);

    /// <summary>Builds bundle and packages of the host model, or of another, with the agent above; returns their folder.</summary>
    /// <param name="version">Version of the model.</param>
    /// <param name="options">More for <c>latch build</c>; what is given here takes the place of what is added by itself.</param>
    internal static string Packages(int version, params string[] options)
    {
        string folder = Path.Combine(Folder, $"packages-{Guid.NewGuid():N}");
        List<string> all = ["build", "--target", Target, "--version", version.ToString(CultureInfo.InvariantCulture), "--agent", Agent, "-o", folder, .. options];
        foreach ((string option, Func<string> value) in (ReadOnlySpan<(string, Func<string>)>)[("--name", static () => ModelName), ("--model", static () => Model)])
            if (!all.Contains(option))
                all.AddRange([option, value()]);
        // An empty key asks for an unsigned bundle.
        if (!all.Contains("--sign"))
            all.AddRange(["--sign", Key]);
        else if (all[all.IndexOf("--sign") + 1].Length == 0)
            all.RemoveRange(all.IndexOf("--sign"), 2);
        Latch(all).Succeeded();
        return folder;
    }

    private static string CreateFolder()
    {
        string folder = Directory.CreateTempSubdirectory("latch-board-tests-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    }

    private static string CreateKey()
    {
        string path = Path.Combine(Folder, "models.pem");
        Latch("keygen", "-o", path).Succeeded();
        return path;
    }

    private static string Sample(string name) => Path.Combine(SharedData.Repository, "samples", "host-sensors", name);

    private static string Quantize()
    {
        string path = Path.Combine(Folder, "host.latch");
        Latch("quantize", Sample("host-lstm.onnx"), "--calibration", Sample("train.csv.gz"), "--channels", Sample("host-channels.json"), "-o", path).Succeeded();
        return path;
    }

    private static string LearnProfile()
    {
        string path = Path.Combine(Folder, "host.profile.json");
        Latch("watch", Model, Sample("test.csv.gz"), "--train", Sample("train.csv.gz"), "--save-profile", path).Succeeded();
        return path;
    }

    private static string Compile()
    {
        if (Environment.GetEnvironmentVariable("LATCH_BOARD_AGENT") is { Length: > 0 } named)
        {
            Assert.True(File.Exists(named), $"LATCH_BOARD_AGENT: there is no file {named}.");
            return named;
        }
        SharedData.RequirePath("/usr/bin/clang", "the cross compiler (Debian: clang llvm gcc-aarch64-linux-gnu libc6-dev-arm64-cross)");
        SharedData.RequirePath("/usr/bin/aarch64-linux-gnu-gcc", "the cross compiler (Debian: clang llvm gcc-aarch64-linux-gnu libc6-dev-arm64-cross)");
        string built = Path.Combine(Folder, "first");
        Latch("build", "--target", Target, "--model", Model, "--sign", Key, "-o", built).Succeeded();
        // The agent as it was packed: what is tested is what a user installs.
        string package = Directory.GetFiles(built, "latch-agent_*_arm64.deb").Single(), root = Path.Combine(Folder, "agent-root");
        ProcessRun.Of(s_limit, "dpkg-deb", "-x", package, root).Succeeded();
        return Path.Combine(root, "usr", "lib", "latch", "agent", "latch-agent");
    }
}
