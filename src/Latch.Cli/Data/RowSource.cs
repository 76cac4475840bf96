using Latch.Sensors;

namespace Latch.Cli.Data;

/// <summary>Rows of text as a sensor source, read as they arrive.</summary>
/// <remarks>A row without a time is one period after the row before; the first stands at the Unix epoch.</remarks>
internal sealed class RowSource : ISensorSource
{
    private readonly CsvRows _rows;
    private double _next;

    public RowSource(CsvRows rows, double sampleRate)
    {
        (_rows, SampleRate) = (rows, sampleRate);
        Channels = [.. Enumerable.Range(0, rows.Columns).Select(column => new SensorChannel(rows.Names?[column] ?? $"column{column + 1}", ""))];
    }

    /// <inheritdoc/>
    public IReadOnlyList<SensorChannel> Channels { get; }

    /// <inheritdoc/>
    public double SampleRate { get; }

    /// <summary>Whether the columns have names of their own.</summary>
    public bool HasNames => _rows.Names is not null;

    /// <inheritdoc/>
    public bool TryRead(Span<float> sample, out DateTimeOffset time)
    {
        bool read = _rows.TryRead(sample, out double seconds);
        if (!double.IsFinite(seconds))
            seconds = _next;
        _next = seconds + (1 / SampleRate);
        time = DateTimeOffset.UnixEpoch.AddSeconds(seconds);
        return read;
    }

    /// <inheritdoc/>
    public void Dispose() => _rows.Dispose();
}
