using System.Diagnostics;

namespace Latch.Targets.Tests.Slots;

/// <summary>
/// A root folder with the slot engine in it. systemctl and the agent are scripts: "restart" runs `latch-slot boot` as the unit does, "start latch-health.service" runs
/// `latch-slot gate`. The agent is healthy unless its own text or its model's says otherwise.
/// </summary>
internal sealed class SlotBoard : IDisposable
{
    private const int Padding = 200_000;

    public SlotBoard()
    {
        Directory.CreateDirectory(Path.Combine(Root, "bin"));
        Directory.CreateDirectory(Path.Combine(Root, "etc", "latch"));
        Directory.CreateDirectory(Path.Combine(Root, "run"));
        WriteScript(Path.Combine(Root, "bin", "systemctl"), $"""
            #!/bin/sh
            case "$*" in
                "restart latch-agent.service") sh {Engine} boot && echo restarted >>"$LATCH_ROOT/restarts" ;;
                "start latch-health.service")
                    # A start that joins the end of an earlier gate.
                    if [ -f "$LATCH_ROOT/joins" ]; then rm "$LATCH_ROOT/joins"; exit 1; fi
                    sh {Engine} gate ;;
                "is-active --quiet latch-agent.service") [ ! -f "$LATCH_ROOT/stopped" ] ;;
                *) exit 0 ;;
            esac
            """);
        WriteScript(Path.Combine(Root, "bin", "dpkg-query"), """
            #!/bin/sh
            for last; do :; done
            cat "$LATCH_ROOT/state.${last%%-\*}" 2>/dev/null
            """);
    }

    /// <summary>What dpkg says of a package: <c>installed</c>, <c>unpacked</c>.</summary>
    public void SetPackage(string name, string state) => File.WriteAllText(Path.Combine(Root, $"state.{name}"), $"{state}\n");

    /// <summary>The configuration in use; null when there is none.</summary>
    public string? Configuration
    {
        get => File.Exists(ConfigurationPath) ? File.ReadAllText(ConfigurationPath) : null;
        set => File.WriteAllText(ConfigurationPath, value);
    }

    /// <summary>The configuration that the agent's package brought.</summary>
    public string Shipped
    {
        set => File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(Root, "usr", "share", "latch")).FullName, "agent.json"), value);
    }

    public static string Engine => Path.Combine(SharedData.Repository, "targets", "packaging", "latch-slot");

    public string Root { get; } = Directory.CreateDirectory(Path.Combine("/dev/shm", $"latch-slot-{Guid.NewGuid():N}")).FullName;

    public string Library => Path.Combine(Root, "var", "lib", "latch");

    /// <summary>How often the agent was started.</summary>
    public int Starts => File.ReadLines(Path.Combine(Root, "restarts")).Count();

    public string? Current => LinkTarget("current");

    public string? Previous => LinkTarget("previous");

    /// <summary>An agent of some size; version and health are in its text.</summary>
    public string Agent(int version, string health = "exit 0")
    {
        string path = Path.Combine(Root, $"agent-{version}");
        WriteScript(path, $"#!/bin/sh\n# {version}\ncase $1 in health) grep -q sick \"${{0%/*}}/model/model.latch\" && {{ echo 'golden vectors differ'; exit 1; }}; {health} ;; esac\n# {new string('x', Padding)}\n# end {version}");
        return path;
    }

    public string Model(int version, bool sick = false)
    {
        string folder = Directory.CreateDirectory(Path.Combine(Root, $"model-{version}")).FullName;
        File.WriteAllText(Path.Combine(folder, "manifest.json"), $"{{\n  \"format\": \"latch-bundle\",\n  \"formatVersion\": 1,\n  \"name\": \"pump\",\n  \"version\": {version},\n  \"created\": \"2026-01-01T00:00:00+00:00\"\n}}\n");
        File.WriteAllText(Path.Combine(folder, "model.latch"), $"{version} {(sick ? "sick" : "")} {new string('y', Padding)} {version}\n");
        File.WriteAllText(Path.Combine(folder, "golden.bin"), $"{version}\n");
        return folder;
    }

    public (int Code, string Text) Slot(params string[] arguments)
    {
        using Process process = Start(arguments);
        string text = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, text);
    }

    /// <summary>Starts the engine as leader of a process group of its own.</summary>
    public Process Start(params string[] arguments)
    {
        ProcessStartInfo start = new("setsid", ["sh", Engine, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LATCH_ROOT"] = Root;
        start.Environment["LATCH_SYSTEMD"] = "1";
        start.Environment["LATCH_HEALTH_WAIT"] = "5";
        start.Environment["PATH"] = $"{Path.Combine(Root, "bin")}:{Environment.GetEnvironmentVariable("PATH")}";
        return Process.Start(start)!;
    }

    /// <summary>Kills the engine and everything it started, at once.</summary>
    public static void KillGroup(Process leader)
    {
        using Process kill = Process.Start(new ProcessStartInfo("kill", ["-9", "--", $"-{leader.Id}"]) { RedirectStandardError = true })!;
        kill.WaitForExit();
        leader.WaitForExit();
    }

    /// <summary>Asserts that the current slot is whole: agent and model are byte for byte one of those given.</summary>
    public int AssertCurrentIsWhole(params (string Agent, string Model)[] pairs)
    {
        string slot = Path.Combine(Library, Current ?? throw new InvalidOperationException("There is no current slot."));
        string agent = File.ReadAllText(Path.Combine(slot, "latch-agent"));
        int found = Array.FindIndex(pairs, pair => File.ReadAllText(pair.Agent) == agent
            && Directory.GetFiles(pair.Model).All(file => File.ReadAllText(Path.Combine(slot, "model", Path.GetFileName(file))) == File.ReadAllText(file)));
        Assert.True(found >= 0, $"{slot} is none of the slots that may be in use.");
        return found;
    }

    public string Entry(string name) => Slot("status").Text.Split('\n').Single(line => line.StartsWith($"{name}: ", StringComparison.Ordinal))[(name.Length + 2)..];

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private static void WriteScript(string path, string text)
    {
        File.WriteAllText(path, text + "\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private string ConfigurationPath => Path.Combine(Root, "etc", "latch", "agent.json");

    private string? LinkTarget(string name) => new FileInfo(Path.Combine(Library, name)).LinkTarget;
}
