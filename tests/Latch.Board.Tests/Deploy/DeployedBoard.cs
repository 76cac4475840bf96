using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Latch.Board.Tests.Deploy;

/// <summary>The tests that deploy to one board, one after the other. Each leaves it with a healthy service.</summary>
[CollectionDefinition(Name)]
public sealed class DeployCollection : ICollectionFixture<DeployedBoard>
{
    internal const string Name = "deploy";
}

/// <summary>A board of its own to which <c>latch deploy</c> brought agent and model. The model steps ten times a second over the board's own load.</summary>
public sealed class DeployedBoard : IDisposable
{
    internal const string Slots = "/var/lib/latch";

    private const string Configuration = """
        {
          "model": "/var/lib/latch/current/model",
          "trust": { "keys": ["/etc/latch/keys"] },
          "source": { "kind": "host" },
          "rate": 10,
          "telemetry": { "recording": { "folder": "/var/lib/latch/recording", "limitMiB": 64 } },
          "state": { "file": "/var/lib/latch/state/state.bin", "everySeconds": 2 },
          "status": "/run/latch/status.json",
          "live": "/run/latch/live.sock"
        }
        """;

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(8);

    private Board? _board;
    private string? _configuration;

    /// <summary>What the first deployment to the new board said.</summary>
    internal ProcessRun First { get; private set; } = null!;

    /// <summary>Seconds that it took.</summary>
    internal double FirstSeconds { get; private set; }

    /// <summary>The highest version that was built.</summary>
    internal int Version { get; private set; }

    /// <summary>The board, deployed to. Skips the test when there is no image or no cross compiler.</summary>
    internal Board Board => _board ??= Start();

    /// <summary>The options by which <c>latch</c> reaches the board.</summary>
    internal string[] Ssh => ["--ssh-option", $"-F {Board.SshConfig}", "latch-board"];

    /// <summary>Packages of the next version; options as for <c>latch build</c>.</summary>
    internal string Build(params string[] options) => AgentBuild.Packages(++Version, ["--config", _configuration!, .. options]);

    /// <summary>Packages of a version.</summary>
    internal string BuildVersion(int version, params string[] options) => AgentBuild.Packages(version, ["--config", _configuration!, .. options]);

    internal ProcessRun Deploy(string packages) =>
        ProcessRun.Of(s_limit, "dotnet", [AgentBuild.Program, "deploy", "--target", AgentBuild.Target, "--packages", packages, .. Ssh]);

    internal ProcessRun Latch(string command, params string[] options) => AgentBuild.Latch([command, .. options, .. Ssh]);

    /// <summary>What <c>latch status --json</c> says.</summary>
    internal JsonElement Status()
    {
        using JsonDocument document = JsonDocument.Parse(Latch("status", "--json").Succeeded());
        return document.RootElement.Clone();
    }

    /// <summary>Number of the current slot.</summary>
    internal string Current => Board.Check($"readlink {Slots}/current")["slots/".Length..];

    /// <summary>Name and version in the manifest of the current slot: a version that was built may have been rolled back since.</summary>
    internal string RunningModel
    {
        get
        {
            using JsonDocument manifest = JsonDocument.Parse(Board.Check($"cat {Slots}/current/model/manifest.json"));
            return $"{manifest.RootElement.GetProperty("name").GetString()} {manifest.RootElement.GetProperty("version").GetInt32()}";
        }
    }

    /// <summary>Process of the service; 0 when there is none.</summary>
    internal int Process => int.Parse(Board.Check("systemctl show -P MainPID latch-agent"), CultureInfo.InvariantCulture);

    /// <summary>Waits until the agent of the current slot is healthy and no slot is on trial; fails the test after three minutes.</summary>
    /// <returns>Seconds waited.</returns>
    internal double WaitUntilHealthy()
    {
        long begin = Stopwatch.GetTimestamp();
        ProcessRun run = Board.Run(
            $"for i in $(seq 150); do [ ! -e {Slots}/trial ] && [ \"$(systemctl is-active latch-agent)\" = active ]"
            + $" && sudo -u latch {Slots}/current/latch-agent health --wait 5 >health.log && exit 0; sleep 0.3; done; cat health.log; /usr/lib/latch/latch-slot status; exit 1");
        run.Succeeded();
        return Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    /// <summary>Ends the board.</summary>
    public void Dispose() => _board?.Remove();

    private Board Start()
    {
        _ = AgentBuild.Agent;
        _board = Board.Start("deploy");
        _configuration = Path.Combine(AgentBuild.Folder, "deploy.json");
        File.WriteAllText(_configuration, Configuration);
        string packages = Build();
        long begin = Stopwatch.GetTimestamp();
        First = Deploy(packages);
        FirstSeconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        First.Succeeded();
        return _board;
    }
}
