using System.CommandLine;
using System.CommandLine.Help;
using Latch.Bundle;
using Latch.Cli.Commands;
using Latch.Cli.Output;
using Latch.Import;
using Latch.Model;
using Latch.Quantize;
using Latch.Targets;

namespace Latch.Cli;

/// <summary>The command line: parses, runs, and turns every failure into one message and an exit code.</summary>
internal static class LatchApp
{
    /// <summary>Columns of the help text, the same on every terminal.</summary>
    private const int HelpWidth = 100;

    /// <summary>Names the kernel when no option does; here, so that a wrong name ends a command before its work.</summary>
    private const string KernelVariable = "LATCH_KERNEL";

    /// <summary>Runs one command line.</summary>
    /// <param name="arguments">Arguments without the program's name.</param>
    /// <param name="terminal">Where input comes from and text goes.</param>
    /// <param name="cancellation">Ctrl-C.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Terminal terminal, CancellationToken cancellation)
    {
        if (arguments.Contains(""))
        {
            terminal.WriteError("An argument is empty, perhaps an unset variable. Run 'latch --help'.");
            return (int)ExitCode.Usage;
        }

        if (Environment.GetEnvironmentVariable(KernelVariable) is { Length: > 0 } kernel && CommonOptions.UnknownKernel(KernelVariable, kernel) is { } unknown)
        {
            terminal.WriteError(unknown);
            return (int)ExitCode.Usage;
        }

        ParseResult parsed = Root(terminal).Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            string command = parsed.CommandResult.Command is RootCommand ? "latch" : $"latch {parsed.CommandResult.Command.Name}";
            terminal.WriteError($"{OnOneLine(Suggestion.Of(parsed) ?? parsed.Errors[0].Message)} Run '{command} --help'.");
            return (int)ExitCode.Usage;
        }

        InvocationConfiguration invocation = new()
        {
            Output = terminal.Out,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        try
        {
            return await parsed.InvokeAsync(invocation, cancellation).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            (ExitCode code, string message) = Explain(exception);
            terminal.WriteError(message);
            return (int)code;
        }
    }

    /// <summary>The root command with all commands below it.</summary>
    public static RootCommand Root(Terminal terminal)
    {
        RootCommand root = new(HelpText.Root)
        {
            DemoCommand.Create(terminal),
            InspectCommand.Create(terminal),
            QuantizeCommand.Create(terminal),
            CompareCommand.Create(terminal),
            RunCommand.Create(terminal),
            WatchCommand.Create(terminal),
            StudioCommand.Create(terminal),
            RecordCommand.Create(terminal),
            ReplayCommand.Create(terminal),
            TargetsCommand.Create(terminal),
            KeygenCommand.Create(terminal),
            BuildCommand.Create(terminal),
            DeployCommand.Create(terminal),
            BoardCommands.Status(terminal),
            BoardCommands.Rollback(terminal),
            BoardCommands.Logs(terminal),
            BoardCommands.Pull(terminal),
            VirtualBoardCommand.Create(terminal),
        };
        root.HelpName = "latch";
        root.SetAction(_ => root.Parse(["--help"]).Invoke(new InvocationConfiguration { Output = terminal.Out, Error = terminal.Error }));
        foreach (HelpOption help in root.Options.OfType<HelpOption>())
            if (help.Action is HelpAction action)
                action.MaxWidth = HelpWidth;
        return root;
    }

    private static string OnOneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static (ExitCode Code, string Message) Explain(Exception exception) => exception switch
    {
        CommandException known => (known.Code, known.Message),
        OperationCanceledException => (ExitCode.Interrupted, "Interrupted before the end; no file is half-written."),
        BundleException { Code: BundleErrorCode.Unwritable } or TargetException { IsUnwritable: true } => (ExitCode.Unwritable, exception.Message),
        BundleException or TargetException => (ExitCode.BadInput, exception.Message),
        ImportException or ModelFormatException or QuantizeException => (ExitCode.BadInput, exception.Message),
        AggregateException { InnerExceptions: [var only] } => Explain(only),
        _ => (ExitCode.Internal, $"A fault of latch itself, please report it: {exception.GetType().Name}: {exception.Message}"),
    };
}
