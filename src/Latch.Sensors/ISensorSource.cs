namespace Latch.Sensors;

/// <summary>A stream of samples, each holding one reading of every channel.</summary>
/// <remarks>A source is read by one thread at a time.</remarks>
public interface ISensorSource : IDisposable
{
    /// <summary>The channels, in the order their readings stand in a sample. Never changes during the source's life.</summary>
    IReadOnlyList<SensorChannel> Channels { get; }

    /// <summary>Samples per second, in Hz; nominal for a recording without a time column.</summary>
    double SampleRate { get; }

    /// <summary>Reads the next sample.</summary>
    /// <param name="sample">Receives one reading per channel; NaN marks a missing reading.</param>
    /// <param name="time">When the sample was taken.</param>
    /// <returns>False at the end of the series or after cancellation; <paramref name="sample"/> is then unchanged.</returns>
    /// <exception cref="ArgumentException"><paramref name="sample"/> is not as long as <see cref="Channels"/>.</exception>
    bool TryRead(Span<float> sample, out DateTimeOffset time);
}
