namespace Latch.Bundle;

/// <summary>A model bundle, a key or golden vectors that cannot be used. The message says what, where and what to do.</summary>
public sealed class BundleException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="code">The reason.</param>
    /// <param name="where">The file or folder.</param>
    /// <param name="problem">What is wrong and what to do, as sentences.</param>
    /// <param name="innerException">The cause, if another error was met.</param>
    public BundleException(BundleErrorCode code, string where, string problem, Exception? innerException = null)
        : base($"{where}: {problem}", innerException)
    {
        Code = code;
        Where = where;
    }

    /// <summary>The reason.</summary>
    public BundleErrorCode Code { get; }

    /// <summary>The file or folder.</summary>
    public string Where { get; }
}
