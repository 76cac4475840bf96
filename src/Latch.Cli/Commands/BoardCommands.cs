using System.CommandLine;
using Latch.Cli.Models;
using Latch.Cli.Output;
using Latch.Targets.Build;
using Latch.Targets.Deploy;

namespace Latch.Cli.Commands;

/// <summary><c>latch rollback</c>, <c>status</c>, <c>logs</c> and <c>pull</c>: a board after its deployment.</summary>
internal static class BoardCommands
{
    public static Command Rollback(Terminal terminal)
    {
        BoardOptions board = new();
        Command command = new("rollback", "Takes the slot before: the agent and the model that ran before the last update.") { board.Destination };
        board.AddTo(command);
        command.SetAction((parsed, cancellation) => board.WithBoardAsync(parsed, async connected =>
        {
            ProgramResult result = await connected.RunAsync(SshBoard.AsRoot + "$run /usr/lib/latch/latch-slot rollback && /usr/lib/latch/latch-slot status", cancellation).ConfigureAwait(false);
            if (result.Code != 0)
                throw CommandException.BadInput($"{connected.Name}: {Said(result)}");
            BoardStatus status = BoardStatus.Parse(result.Out);
            terminal.Out.WriteLine($"slot {status.Current} runs {status.CurrentModel}; 'latch rollback' again takes slot {status.Previous} ({status.PreviousModel})");
            return ExitCode.Ok;
        }, cancellation));
        return command;
    }

    public static Command Status(Terminal terminal)
    {
        BoardOptions board = new();
        Option<bool> json = CommonOptions.Json();
        Command command = new("status", "Shows slots, service and the agent's own figures of a board. Exit code 1 when the agent does not run.") { board.Destination, json };
        board.AddTo(command);
        command.SetAction((parsed, cancellation) => board.WithBoardAsync(parsed, async connected =>
        {
            ProgramResult result = await connected.RunAsync(BoardStatus.Script, cancellation).ConfigureAwait(false);
            if (result.Code != 0)
                throw CommandException.BadInput($"{connected.Name}: {Said(result)} Deploy to it with 'latch deploy'.");
            BoardStatus status = BoardStatus.Parse(result.Out);
            if (parsed.GetValue(json))
                Json.Write(terminal, status);
            else
                BoardStatusTable.Write(terminal, connected.Name, status);
            return status.Service.StartsWith("active", StringComparison.Ordinal) ? ExitCode.Ok : ExitCode.CheckFailed;
        }, cancellation));
        return command;
    }

    public static Command Logs(Terminal terminal)
    {
        BoardOptions board = new();
        Option<bool> follow = new("--follow", "-f") { Description = "Goes on with new lines until Ctrl-C." };
        Option<int> lines = new("--lines", "-n") { Description = "Lines to begin with.", DefaultValueFactory = _ => 50, HelpName = "N" };
        CommonOptions.Within(lines, 0, 1_000_000);
        Command command = new("logs", "Shows what agent and health gate wrote to the journal of a board.") { board.Destination, follow, lines };
        board.AddTo(command);
        command.SetAction((parsed, cancellation) => board.WithBoardAsync(parsed, async connected =>
        {
            string script = $"{SshBoard.AsRoot}exec $run journalctl -u latch-agent.service -u latch-health.service --no-pager -o short-iso -n {parsed.GetValue(lines)}{(parsed.GetValue(follow) ? " -f" : "")}";
            ProgramResult result = await connected.RunAsync(script, cancellation, terminal.Out.WriteLine).ConfigureAwait(false);
            return result.Code == 0 ? ExitCode.Ok : throw CommandException.BadInput($"{connected.Name}: the journal cannot be read: {Said(result)}");
        }, cancellation));
        return command;
    }

    public static Command Pull(Terminal terminal)
    {
        BoardOptions board = new();
        Option<string> output = new("--output", "-o") { Description = "Folder for the segments; the model is put into 'model' in it.", HelpName = "DIR", Required = true };
        CommonOptions.NoDash(output, "Name a folder.");
        Option<string> recording = new("--recording") { Description = "Folder of the recording on the board.", HelpName = "PATH", DefaultValueFactory = _ => "/var/lib/latch/recording" };
        Option<bool> open = new("--open") { Description = "Also takes the segment that is being written, as far as it is." };
        Command command = new("pull", "Fetches recording and model of a board, for 'latch replay' here. What is here already is not fetched again.") { board.Destination, output, recording, open };
        board.AddTo(command);
        command.SetAction((parsed, cancellation) => board.WithBoardAsync(parsed, async connected =>
        {
            string folder = parsed.GetRequiredValue(output);
            int segments = await new RecordingPull(connected, parsed.GetRequiredValue(recording), folder, new StepLog(terminal.Out.WriteLine))
                .RunAsync(parsed.GetValue(open), cancellation).ConfigureAwait(false);
            if (segments > 0)
                terminal.Out.WriteLine($"latch replay {folder} {Path.Combine(folder, "model", "model.latch")}");
            return ExitCode.Ok;
        }, cancellation));
        return command;
    }

    private static string Said(ProgramResult result)
    {
        string line = result.Error.Split('\n').LastOrDefault(text => text.Trim().Length > 0)?.Trim() ?? result.LastLine;
        return line.EndsWith('.') ? line : $"{line}.";
    }
}
