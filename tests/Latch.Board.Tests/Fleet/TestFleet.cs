using System.Globalization;
using System.Text.RegularExpressions;
using Latch.Targets.Tests.Fleet;

namespace Latch.Board.Tests.Fleet;

/// <summary>What one board's line of Ansible's recap says.</summary>
internal readonly record struct Recap(int Ok, int Changed, int Unreachable, int Failed);

/// <summary>
/// Two boards, an apt repository on the loopback of this machine, which the boards reach through the ssh connections of Ansible, and the role that is shipped.
/// </summary>
internal sealed partial class TestFleet : IDisposable
{
    /// <summary>The port of a board at which it finds the repository.</summary>
    private const int RepositoryPort = 8099;

    /// <summary>Name of the model's package.</summary>
    internal const string ModelPackage = $"latch-model-{AgentBuild.ModelName}";

    // A roll-out is dozens of programs on an emulated processor.
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(12);

    private readonly string _folder = Directory.CreateTempSubdirectory("latch-fleet-").FullName;
    private readonly StaticFiles _server;
    private int _version;
    private ProcessRun? _first;

    private TestFleet(Board canary, Board other)
    {
        (Canary, Other) = (canary, other);
        Repository("init").Succeeded();
        string packages = AgentBuild.Packages(++_version);
        Repository("add", Directory.GetFiles(packages, "*.deb")).Succeeded();
        _server = new StaticFiles(Path.Combine(_folder, "apt", "public"));
        File.WriteAllText(Path.Combine(_folder, "inventory.yml"), $"""
            boards:
              hosts:
            {Host(canary)}
            {Host(other)}
              vars:
                ansible_python_interpreter: /usr/bin/python3
                latch_repository_url: http://127.0.0.1:{RepositoryPort}
                latch_repository_key: {_folder}/apt/public/latch.asc
                latch_model: {AgentBuild.ModelName}
                latch_model_keys: [{Path.ChangeExtension(AgentBuild.Key, ".pub.pem")}]
            canary:
              hosts:
                {NameOf(canary)}:
            """);
    }

    /// <summary>The board that is updated first.</summary>
    internal Board Canary { get; }

    /// <summary>The one after it.</summary>
    internal Board Other { get; }

    /// <summary>The newest version of the model in the repository.</summary>
    internal string Newest => _version.ToString(CultureInfo.InvariantCulture);

    /// <summary>Starts the boards; nothing is installed on them.</summary>
    internal static TestFleet Start()
    {
        SharedData.RequirePath("/usr/bin/ansible-playbook", "Ansible (Debian: ansible-core)");
        SharedData.RequirePath("/usr/bin/reprepro", "reprepro and gpg (Debian: reprepro gnupg)");
        SharedData.RequirePath("/usr/bin/gpg", "reprepro and gpg (Debian: reprepro gnupg)");
        _ = AgentBuild.Agent;
        Board canary = Board.Start("canary");
        Board? other = null;
        try
        {
            other = Board.Start("press");
            // A busy machine emulates slowly.
            foreach (Board board in (Board[])[canary, other])
                board.Check("sudo mkdir /etc/systemd/system/latch-health.service.d && printf '[Service]\\nEnvironment=LATCH_HEALTH_WAIT=150\\n' | sudo tee /etc/systemd/system/latch-health.service.d/wait.conf");
            return new TestFleet(canary, other);
        }
        catch
        {
            canary.Remove();
            other?.Remove();
            throw;
        }
    }

    /// <summary>Puts the next version of the model into the repository.</summary>
    /// <param name="options">More for <c>latch build</c>.</param>
    internal void Publish(params string[] options)
    {
        _version++;
        string packages = AgentBuild.Packages(_version, options);
        Repository("add", Path.Combine(packages, $"{ModelPackage}_{Newest}_all.deb")).Succeeded();
    }

    /// <summary>Runs the play book that is shipped.</summary>
    internal ProcessRun RollOut(params IEnumerable<string> options) =>
        Ansible("ansible-playbook", [Path.Combine(SharedData.Repository, "targets", "fleet", "ansible", "rollout.yml"), .. options]);

    /// <summary>Gives the canary another configuration by the role.</summary>
    internal void Configure(string json)
    {
        string path = Path.Combine(_folder, "agent.json");
        File.WriteAllText(path, json);
        RollOut("--limit", "canary", "-e", $"latch_configuration={path}").Succeeded();
    }

    /// <summary>Runs a command as root on the canary, over Ansible's connection, by which it reaches the repository.</summary>
    internal ProcessRun OnCanary(string command) => Ansible("ansible", ["canary", "--become", "-m", "ansible.builtin.shell", "-a", command]);

    /// <summary>The roll-out that installed the first version on both boards: made when it is asked for, after one in check mode that changed nothing.</summary>
    internal ProcessRun First()
    {
        if (_first is not null)
            return _first;
        RollOut("--check", "--limit", "canary").Succeeded();
        Assert.Equal("", Canary.Check("ls -d /etc/latch /etc/apt/sources.list.d/latch.sources 2>/dev/null || true"));
        _first = RollOut();
        _first.Succeeded();
        return _first;
    }

    /// <summary>A value of <c>latch-slot status</c>; empty when there is none.</summary>
    internal static string Status(Board board, string key) =>
        board.Check($"sudo /usr/lib/latch/latch-slot status 2>/dev/null | sed -n 's/^{key}: //p'");

    /// <summary>The board's line of the recap; null when the roll-out did not come to it.</summary>
    internal static Recap? RecapOf(ProcessRun run, Board board)
    {
        string text = run.Out[run.Out.IndexOf("PLAY RECAP", StringComparison.Ordinal)..];
        string? line = text.Split('\n').SingleOrDefault(line => line.StartsWith(NameOf(board), StringComparison.Ordinal));
        if (line is null)
            return null;
        int[] numbers = [.. RecapNumber().Matches(line).Select(static match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))];
        return new Recap(numbers[0], numbers[1], numbers[2], numbers[3]);
    }

    public void Dispose()
    {
        _server.Dispose();
        Canary.Remove();
        Other.Remove();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The file of ssh is in a folder that bears the board's name.</summary>
    private static string NameOf(Board board) => Path.GetFileName(Path.GetDirectoryName(board.SshConfig)!);

    private string Host(Board board) =>
        $"    {NameOf(board)}:\n      ansible_ssh_common_args: -F {board.SshConfig} -R {RepositoryPort}:127.0.0.1:{_server.Port}";

    private ProcessRun Ansible(string program, IEnumerable<string> arguments) => ProcessRun.Of(
        s_limit, "env", ["LC_ALL=C.UTF-8", $"ANSIBLE_HOME={_folder}", $"ANSIBLE_SSH_CONTROL_PATH_DIR={_folder}/cp", "ANSIBLE_PIPELINING=1", "ANSIBLE_SSH_ARGS=-o ControlMaster=auto -o ControlPersist=30s", "ANSIBLE_NOCOLOR=1",
            program, "-i", Path.Combine(_folder, "inventory.yml"), .. arguments]);

    private ProcessRun Repository(string action, params string[] files) =>
        ProcessRun.Of(s_limit, Path.Combine(SharedData.Repository, "targets", "fleet", "apt-repository"), [Path.Combine(_folder, "apt"), action, .. files]);

    [GeneratedRegex("(?:ok|changed|unreachable|failed)=([0-9]+)")]
    private static partial Regex RecapNumber();
}
