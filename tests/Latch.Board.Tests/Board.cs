using System.Security.Cryptography;
using System.Text;

namespace Latch.Board.Tests;

/// <summary>One board of targets/virtual-board. Every call waits for its end, and fails the test with what was said when it went wrong.</summary>
internal sealed class Board
{
    // Generous: the machine that emulates may be busy.
    private static readonly TimeSpan s_commandLimit = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan s_startLimit = TimeSpan.FromMinutes(11);
    private static readonly TimeSpan s_buildLimit = TimeSpan.FromMinutes(30);

    private static readonly string s_script = Path.Combine(SharedData.Repository, "targets", "virtual-board", "board");

    private readonly string _name;
    private readonly string _sshConfig;

    // One login for all commands: the key exchange is what an emulated processor is slow at.
    private readonly string _connection;

    private Board(string name)
    {
        _name = name;
        _connection = Path.Combine(Path.GetTempPath(), $"latch-{name}.ssh");
        Script(s_startLimit, "reset").Succeeded();
        Script(s_startLimit, "up").Succeeded();
        _sshConfig = Script(s_commandLimit, "ssh-config").Succeeded();
    }

    /// <summary>Its name, for the script's <c>--name</c>.</summary>
    internal string Name => _name;

    /// <summary>The configuration for OpenSSH: <c>ssh -F FILE latch-board</c>.</summary>
    internal string SshConfig => _sshConfig;

    /// <summary>
    /// Starts a new board. Skips the test when no image is built, but builds it when boards are required: LATCH_BOARD=1 or LATCH_REQUIRE_ALL=1.
    /// </summary>
    /// <param name="purpose">Letters that are part of its name. The clone's path is too, so tests of two clones have boards of their own.</param>
    internal static Board Start(string purpose)
    {
        bool required = SharedData.RequireAll || Environment.GetEnvironmentVariable("LATCH_BOARD") == "1";
        if (required)
            ProcessRun.Of(s_buildLimit, s_script, "build").Succeeded();
        else if (ProcessRun.Of(s_commandLimit, s_script, "status").Succeeded().Contains("not built", StringComparison.Ordinal))
            SharedData.Missing("Needs the image of the virtual board; make it: targets/virtual-board/board build (or set LATCH_BOARD=1).");
        string clone = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(SharedData.Repository)).AsSpan(0, 3));
        return new Board($"{purpose}-{clone}");
    }

    /// <summary>Runs a line of shell on the board as user pi and returns its standard output; fails the test when its exit code is not 0.</summary>
    internal string Check(string command) => Run(command).Succeeded();

    /// <summary>Runs a line of shell on the board as user pi.</summary>
    internal ProcessRun Run(string command) => ProcessRun.Of(
        s_commandLimit, "ssh", "-F", _sshConfig, "-o", "ControlMaster=auto", "-o", "ControlPersist=yes", "-S", _connection, "latch-board", command);

    /// <summary>Drives a simulated device; the README of the virtual board has the commands.</summary>
    internal string Simulate(string command) => Check($"sudo sim {command}");

    /// <summary>Copies a file or a folder to the board.</summary>
    internal void Copy(string from, string to) => ProcessRun.Of(s_commandLimit, "scp", "-q", "-r", "-F", _sshConfig, from, $"latch-board:{to}").Succeeded();

    /// <summary>Takes the power away: what the board has not flushed to its disk is lost.</summary>
    internal void CutPower()
    {
        Disconnect();
        Script(s_commandLimit, "kill").Succeeded();
    }

    /// <summary>Starts the board on the disk it has.</summary>
    internal void Up() => Script(s_startLimit, "up").Succeeded();

    /// <summary>Restarts the board and waits for it.</summary>
    internal void Reboot()
    {
        Disconnect();
        Script(s_startLimit, "reboot").Succeeded();
    }

    /// <summary>Ends the board and forgets its disk.</summary>
    internal void Remove()
    {
        Disconnect();
        Script(s_commandLimit, "reset").Succeeded();
    }

    // Without a connection this fails, and that is all right.
    private void Disconnect() => ProcessRun.Of(s_commandLimit, "ssh", "-F", _sshConfig, "-S", _connection, "-O", "exit", "latch-board");

    private ProcessRun Script(TimeSpan limit, string command) => ProcessRun.Of(limit, s_script, command, "--name", _name);
}
