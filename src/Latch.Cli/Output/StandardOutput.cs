using System.Text;

namespace Latch.Cli.Output;

/// <summary>Standard output: when it cannot be written (a full disk), the command ends with the exit code for outputs.</summary>
/// <param name="inner">The stream's writer.</param>
internal sealed class StandardOutput(TextWriter inner) : TextWriter(inner.FormatProvider)
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => Guard(() => inner.Write(value));

    public override void Write(char[] buffer, int index, int count) => Guard(() => inner.Write(buffer, index, count));

    public override void Write(string? value) => Guard(() => inner.Write(value));

    public override void WriteLine(string? value) => Guard(() => inner.WriteLine(value));

    public override void Flush() => Guard(inner.Flush);

    private static void Guard(Action write)
    {
        try
        {
            write();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Unwritable, $"Standard output cannot be written: {exception.Message.TrimEnd('.')}. Make room, or send it elsewhere.");
        }
    }
}
