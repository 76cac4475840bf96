namespace Latch.Metrics;

/// <summary>Metrics cannot be exported as asked; the message says what, where and what to do.</summary>
public sealed class MetricsException : Exception
{
    /// <summary>Makes one.</summary>
    public MetricsException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
