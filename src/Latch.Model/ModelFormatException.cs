namespace Latch.Model;

/// <summary>A model that breaks a rule of FORMAT.md. The message says what, where and what to do.</summary>
public sealed class ModelFormatException : Exception
{
    /// <summary>Makes the exception for one broken rule.</summary>
    /// <param name="code">The rule.</param>
    /// <param name="where">The file or model and the part of it.</param>
    /// <param name="problem">What is wrong, as a sentence.</param>
    /// <param name="innerException">The cause, if any.</param>
    public ModelFormatException(ModelFormatCode code, string where, string problem, Exception? innerException = null)
        : base($"{where}: {problem} {Advice(code)} [{code}]", innerException)
    {
        Code = code;
        Where = where;
    }

    /// <summary>The broken rule.</summary>
    public ModelFormatCode Code { get; }

    /// <summary>The file or model and the part of it.</summary>
    public string Where { get; }

    private static string Advice(ModelFormatCode code) => code switch
    {
        ModelFormatCode.Unreadable => "Check the path and the permissions.",
        ModelFormatCode.NotLatch => "Give a .latch file, as written by 'latch quantize'.",
        ModelFormatCode.Version => "Use the version of latch that wrote it, or make it anew with 'latch quantize'.",
        ModelFormatCode.Truncated or ModelFormatCode.Checksum => "The file is damaged: copy it again, or make it anew with 'latch quantize'.",
        _ => "The file is damaged or was not written by latch: make it anew with 'latch quantize'.",
    };
}
