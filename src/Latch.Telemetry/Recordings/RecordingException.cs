namespace Latch.Telemetry.Recordings;

/// <summary>A recording that cannot be read, or does not belong to a model: says what, where, and what to do.</summary>
public sealed class RecordingException : Exception
{
    /// <summary>Makes an exception.</summary>
    public RecordingException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with its cause.</summary>
    public RecordingException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
