using Latch.Model;

namespace Latch.Cli.Output;

/// <summary>Writes files whole or not at all, and tells in one message why one cannot be written.</summary>
internal static class OutputFile
{
    /// <summary>Fails early when a path cannot be written, before any work is done.</summary>
    /// <param name="path">The file to be written.</param>
    /// <param name="inputs">Files that the command reads: writing one of them would lose it.</param>
    /// <exception cref="CommandException">The folder is missing, or the path is a folder, not writable, or one of the inputs.</exception>
    public static void CheckWritable(string path, params IEnumerable<string?> inputs) => Guard(path, () =>
    {
        string target = WholeFile.Target(path);
        if (inputs.OfType<string>().Any(input => input.Length > 0 && WholeFile.Target(input) == target))
            throw CommandException.Usage($"{path}: this command reads the file, so it is not written over. Name another file for the output.");
        string folder = Path.GetDirectoryName(target) ?? "/";
        if (Directory.Exists(target))
            throw Unwritable(path, "it is a folder; name a file");
        if (!Directory.Exists(folder))
            throw Unwritable(path, $"the folder '{folder}' does not exist; create it first");
        if (!WholeFile.IsWrittenInto(target))
            new WholeFile(target).Dispose();
    });

    /// <summary>Writes a text in one go.</summary>
    /// <exception cref="CommandException">The file cannot be written; nothing is left behind.</exception>
    public static void Write(string path, Action<TextWriter> write) => WriteBytes(path, stream =>
    {
        using StreamWriter writer = new(stream) { NewLine = "\n" };
        write(writer);
    });

    /// <summary>Writes a file in one go.</summary>
    /// <inheritdoc cref="Write" path="/exception"/>
    public static void WriteBytes(string path, Action<Stream> write) => Guard(path, () => WholeFile.Write(path, write));

    /// <summary>Runs what writes to a path, with the same errors as <see cref="Write"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes it.</param>
    public static void Guard(string path, Action write)
    {
        try
        {
            write();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw Unwritable(path, exception.Message);
        }
    }

    public static CommandException Unwritable(string path, string reason) =>
        new(ExitCode.Unwritable, $"{path}: cannot be written: {reason.TrimEnd('.')}. Choose another path or make it writable.");
}
