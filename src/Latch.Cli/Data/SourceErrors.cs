namespace Latch.Cli.Data;

/// <summary>Turns the failures of reading a file into one message.</summary>
internal static class SourceErrors
{
    /// <exception cref="CommandException">The file is missing, locked, a folder, or broken.</exception>
    public static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw CommandException.BadInput($"{path}: there is no such file. Check the path.");
        }
        catch (UnauthorizedAccessException) when (Directory.Exists(path))
        {
            throw CommandException.BadInput($"{path}: this is a folder. Name a file.");
        }
        catch (InvalidDataException)
        {
            throw CommandException.BadInput($"{path}: the compressed data are broken or end too early. Compress the file again with gzip.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CommandException.BadInput($"{path}: cannot be read: {exception.Message.TrimEnd('.')}. Check the file and its permissions.");
        }
    }
}
