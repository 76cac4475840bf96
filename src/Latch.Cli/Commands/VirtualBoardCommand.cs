using System.CommandLine;
using System.Diagnostics;
using Latch.Cli.Output;

namespace Latch.Cli.Commands;

/// <summary><c>latch board</c>: hands its arguments to the script of the virtual board in the clone that it is run from.</summary>
internal static class VirtualBoardCommand
{
    private const string Script = "targets/virtual-board/board";

    private const string Description =
        "Builds and runs a virtual board: Debian for 64-bit ARM with simulated sensors, in QEMU (in a clone of the repository).";

    // Name, what stands behind it, what it does: the script's own list, in its order.
    private static readonly (string Name, string Does)[] s_commands =
    [
        ("build", "Builds the image. --refresh: looks for a newer kernel and newer packages."),
        ("up", "Starts the board, after building the image if need be. --name NAME, which every command takes: one of several boards. --cold: boots, where a new board else goes on from a saved machine. --cpu CPU: cortex-a53, cortex-a72, cortex-a76."),
        ("down", "Powers the board off; its disk stays."),
        ("kill", "Cuts its power: what it has not flushed to its disk is lost."),
        ("reboot", "Restarts it and waits for it."),
        ("ssh", "A shell or a command on it, as user pi. Options of that command stand after '--'."),
        ("copy", "Copies FROM... TO; a path on the board begins with ':'."),
        ("sim", "Sets a pin, a register or a series of readings; without arguments it lists what there is."),
        ("ssh-config", "Names the file for 'ssh -F FILE latch-board'."),
        ("console", "What the board wrote to its console."),
        ("status", "All boards, and the image."),
        ("reset", "Forgets the board's disk."),
        ("clean", "Ends all boards and forgets them. --all: the images too."),
    ];

    public static Command Create(Terminal terminal)
    {
        Command board = new("board", Description);
        foreach ((string name, string does) in s_commands)
        {
            Command command = new(name, does) { TreatUnmatchedTokensAsErrors = false };
            command.SetAction((parsed, cancellation) => RunAsync(terminal, FindScript(), [name, .. parsed.UnmatchedTokens], cancellation));
            board.Add(command);
        }
        return board;
    }

    private static string FindScript() =>
        FindScript(Environment.CurrentDirectory) ?? FindScript(AppContext.BaseDirectory) ?? throw CommandException.BadInput(
            $"The virtual board is a script of the repository, and neither '{Environment.CurrentDirectory}' nor a folder above it holds {Script}. Run the command in a clone.");

    /// <summary>The script in the given folder or the nearest one above it.</summary>
    internal static string? FindScript(string folder)
    {
        for (DirectoryInfo? at = new(folder); at is not null; at = at.Parent)
        {
            string script = Path.Combine(at.FullName, Script);
            if (File.Exists(script))
                return script;
        }
        return null;
    }

    // On a terminal the script has it to itself: ssh asks and answers there. Otherwise its text goes where ours goes.
    private static async Task<int> RunAsync(Terminal terminal, string script, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        bool captured = !terminal.IsProcess;
        ProcessStartInfo start = new("bash", [script, .. arguments]) { RedirectStandardOutput = captured, RedirectStandardError = captured, RedirectStandardInput = captured };
        using Process process = Process.Start(start) ?? throw CommandException.BadInput("There is no bash to run the script of the virtual board with.");
        if (captured)
        {
            process.StandardInput.Close();
            Task<string> error = process.StandardError.ReadToEndAsync(cancellation);
            await terminal.Out.WriteAsync(await process.StandardOutput.ReadToEndAsync(cancellation).ConfigureAwait(false)).ConfigureAwait(false);
            await terminal.Error.WriteAsync(await error.ConfigureAwait(false)).ConfigureAwait(false);
        }
        // Ctrl-C reaches the script too; it ends by itself, and its exit code is ours.
        await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        return process.ExitCode;
    }
}
