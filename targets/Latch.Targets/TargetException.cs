namespace Latch.Targets;

/// <summary>Something about a target, its packages or a board that ends the work. The message says what, where and what to do.</summary>
/// <param name="message">The message.</param>
/// <param name="inner">The cause, if another error was met.</param>
internal sealed class TargetException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether an output cannot be written.</summary>
    public bool IsUnwritable { get; private init; }

    /// <summary>Runs what writes an output.</summary>
    /// <exception cref="TargetException">It cannot be written.</exception>
    public static void Guard(string path, Action write)
    {
        try
        {
            write();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TargetException($"{path}: cannot be written: {exception.Message.TrimEnd('.')}. Choose another path or make it writable.", exception) { IsUnwritable = true };
        }
    }
}
