namespace Latch.Cli.Output;

/// <summary>Writes files beside their final name and renames them when complete.</summary>
internal static class OutputFile
{
    /// <summary>Fails early when a path cannot be written, before any work is done.</summary>
    /// <param name="path">The file to be written.</param>
    /// <param name="inputs">Files that the command reads: writing one of them would lose it.</param>
    /// <exception cref="CommandException">The folder is missing, or the path is a folder, not writable, or one of the inputs.</exception>
    public static void CheckWritable(string path, params IEnumerable<string?> inputs)
    {
        if (inputs.OfType<string>().Any(input => input.Length > 0 && Path.GetFullPath(input) == Path.GetFullPath(path)))
            throw CommandException.Usage($"{path}: this command reads the file, so it is not written over. Name another file for the output.");
        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        if (Directory.Exists(path))
            throw Unwritable(path, "it is a folder; name a file");
        if (!Directory.Exists(folder))
            throw Unwritable(path, $"the folder '{folder}' does not exist; create it first");
        Guard(path, temporary =>
        {
            using (File.Create(temporary))
            {
            }

            File.Delete(temporary);
        });
    }

    /// <summary>Writes a file in one go: beside, then renamed.</summary>
    /// <exception cref="CommandException">The file cannot be written; nothing is left behind.</exception>
    public static void Write(string path, Action<TextWriter> write) => Guard(path, temporary =>
    {
        using (StreamWriter writer = new(temporary) { NewLine = "\n" })
            write(writer);
        File.Move(temporary, path, overwrite: true);
    });

    /// <summary>Runs something that writes to a path of its own, with the same errors as <see cref="Write"/>.</summary>
    /// <param name="path">The file's final name.</param>
    /// <param name="write">Is given the name beside it.</param>
    /// <param name="keep">Whether what lies beside it is still needed afterwards.</param>
    public static void Guard(string path, Action<string> write, bool keep = false)
    {
        string temporary = path + ".tmp";
        try
        {
            write(temporary);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw Unwritable(path, exception.Message);
        }
        finally
        {
            if (!keep && File.Exists(temporary))
                File.Delete(temporary);
        }
    }

    public static CommandException Unwritable(string path, string reason) =>
        new(ExitCode.Unwritable, $"{path}: cannot be written: {reason.TrimEnd('.')}. Choose another path or make it writable.");
}
