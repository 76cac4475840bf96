using System.CommandLine;
using Latch.Cli.Output;
using Latch.Targets.Build;
using Latch.Targets.Deploy;
using Latch.Targets.Profiles;

namespace Latch.Cli.Commands;

/// <summary><c>latch deploy</c>: packages onto a board, with a health gate and a way back.</summary>
internal static class DeployCommand
{
    public static Command Create(Terminal terminal)
    {
        BuildCommand.BuildOptions build = new();
        BoardOptions board = new();
        Option<string?> packages = new("--packages", "-o") { Description = "Folder that 'latch build' wrote. With --model, the folder to build into, which is kept; without it what is built is not kept.", HelpName = "DIR" };
        CommonOptions.NoDash(packages, "Name a folder.");
        Option<bool> dryRun = new("--dry-run") { Description = "Shows the commands that would go to the board and runs none; with --model it builds all the same." };
        Command command = new("deploy", "Puts agent and model on a board over your own ssh: preflight, upload, new slot, health gate. Takes what 'latch build' wrote (--packages), or builds first "
            + "(--model). Exit code 1 when the board refused it or went back to the slot before.")
        {
            board.Destination, packages, dryRun,
        };
        build.AddTo(command, required: false);
        board.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            TargetProfile target = build.Target(parsed);
            BoardAddress address = board.Address(parsed);
            StepLog log = new(terminal.Out.WriteLine);
            string? folder = parsed.GetValue(packages), own = null;
            try
            {
                if (folder is null && !build.HasModel(parsed))
                    throw CommandException.Usage("Give the folder that 'latch build' wrote (--packages DIR), or a model to build (--model M.latch).");
                folder ??= own = Directory.CreateTempSubdirectory("latch-deploy-").FullName;
                BuildResult result = build.HasModel(parsed) ? await TargetBuild.RunAsync(build.Request(parsed, folder), log.Note, terminal.WriteNote, cancellation).ConfigureAwait(false) : TargetBuild.Load(folder);
                if (result.Target != target.Name)
                    throw CommandException.BadInput($"{folder}: it was built for {result.Target}, not for {target.Name}. Build it anew, or name that target.");
                if (build.HasModel(parsed))
                    log.Done($"built {result.AgentPackage} and {result.ModelPackage}");
                return (int)await DeployAsync(terminal, address, target, folder, result, parsed.GetValue(dryRun), log, cancellation).ConfigureAwait(false);
            }
            finally
            {
                if (own is not null)
                    Directory.Delete(own, recursive: true);
            }
        });
        return command;
    }

    private static async Task<ExitCode> DeployAsync(
        Terminal terminal, BoardAddress address, TargetProfile target, string folder, BuildResult build, bool dryRun, StepLog log, CancellationToken cancellation)
    {
        if (dryRun)
        {
            foreach (string line in Deployment.Commands(address, folder, build))
                terminal.Out.WriteLine(line);
            return ExitCode.Ok;
        }
        SshBoard board = await SshBoard.ConnectAsync(address, cancellation).ConfigureAwait(false);
        await using (board.ConfigureAwait(false))
        {
            log.Done($"connected to {address.Destination}");
            DeployOutcome outcome = await new Deployment(board, target, folder, build, log).RunAsync(cancellation).ConfigureAwait(false);
            terminal.Out.WriteLine(FormattableString.Invariant($"{log.Seconds:0.0} s in all"));
            return outcome == DeployOutcome.Confirmed ? ExitCode.Ok : ExitCode.CheckFailed;
        }
    }
}
