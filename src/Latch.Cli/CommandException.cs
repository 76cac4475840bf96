namespace Latch.Cli;

/// <summary>Ends a command with one message for the user: what is wrong, where, and what to do.</summary>
internal sealed class CommandException(ExitCode code, string message) : Exception(message)
{
    public ExitCode Code { get; } = code;

    public static CommandException BadInput(string message) => new(ExitCode.BadInput, message);

    public static CommandException Usage(string message) => new(ExitCode.Usage, message);
}
