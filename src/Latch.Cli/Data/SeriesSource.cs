using Latch.Sensors;

namespace Latch.Cli.Data;

/// <summary>A recording in memory as a sensor source.</summary>
internal sealed class SeriesSource(Series series, double sampleRate) : ISensorSource
{
    private int _row;

    /// <inheritdoc/>
    public IReadOnlyList<SensorChannel> Channels { get; } =
        [.. Enumerable.Range(0, series.Columns).Select(column => new SensorChannel(series.Names?[column] ?? $"column{column + 1}", ""))];

    /// <inheritdoc/>
    public double SampleRate { get; } = sampleRate;

    /// <inheritdoc/>
    public bool TryRead(Span<float> sample, out DateTimeOffset time)
    {
        time = default;
        if (_row == series.Rows.Count)
            return false;
        time = DateTimeOffset.UnixEpoch.AddSeconds(series.Seconds?[_row] ?? (_row / SampleRate));
        series.Rows[_row++].CopyTo(sample);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
