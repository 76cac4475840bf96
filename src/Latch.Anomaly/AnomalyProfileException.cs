namespace Latch.Anomaly;

/// <summary>A profile or label file that cannot be used: which file, and what is wrong with it.</summary>
public sealed class AnomalyProfileException : Exception
{
    /// <summary>Describes a broken file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reason">What is wrong.</param>
    /// <param name="inner">The cause, if another error was met.</param>
    public AnomalyProfileException(string path, string reason, Exception? inner = null)
        : base($"{path}: {reason}", inner) => Path = path;

    /// <summary>The file.</summary>
    public string Path { get; }
}
