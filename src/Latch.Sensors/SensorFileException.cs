namespace Latch.Sensors;

/// <summary>A recording or fault plan that cannot be read: which file, which line, what is wrong and what was expected.</summary>
public sealed class SensorFileException : Exception
{
    /// <summary>Describes a broken file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="line">The line, counted from 1; 0 when the file as a whole is meant.</param>
    /// <param name="reason">What is wrong, and what to do.</param>
    /// <param name="inner">The cause, if another error was met.</param>
    public SensorFileException(string path, int line, string reason, Exception? inner = null)
        : base(line > 0 ? $"{path}, line {line}: {reason}" : $"{path}: {reason}", inner)
    {
        Path = path;
        Line = line;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The line, counted from 1; 0 when the file as a whole is meant.</summary>
    public int Line { get; }
}
