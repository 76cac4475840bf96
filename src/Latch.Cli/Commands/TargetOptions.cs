using System.CommandLine;
using Latch.Targets.Profiles;

namespace Latch.Cli.Commands;

/// <summary>Options of the commands that deal with boards.</summary>
internal static class TargetOptions
{
    public static Option<string> Target(bool required = true) => new("--target") { Description = "The board, by its name in 'latch targets'.", HelpName = "NAME", Required = required };

    public static Option<string?> Targets() => new("--targets")
    {
        Description = $"A folder with target profiles of your own (.json); without it the one {TargetCatalog.Variable} names.",
        HelpName = "DIR",
    };

    public static Option<string?> PassphraseFile() => new("--passphrase-file") { Description = "File whose first line is the private key's passphrase.", HelpName = "FILE" };

    /// <summary>The first line of a file; null when none is named.</summary>
    public static string? Passphrase(string? path)
    {
        if (path is null)
            return null;
        try
        {
            return File.ReadLines(path).FirstOrDefault() is { Length: > 0 } line ? line : throw CommandException.BadInput($"{path}: the first line, which should be the passphrase, is empty.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CommandException.BadInput($"{path}: the passphrase cannot be read: {exception.Message}");
        }
    }
}
