namespace Latch.Sensors;

/// <summary>Makes a source run at its sample rate: each read waits until the next sample is due on the monotonic clock.</summary>
/// <remarks>
/// Due times lie on a grid that does not move. A reader that is late skips the samples it missed, and also one that would
/// come less than half a period after the last: over so short a time a rate means little.
/// </remarks>
public sealed class PacedSource : ISensorSource
{
    private readonly ISensorSource _source;
    private readonly TimeProvider _clock;
    private readonly CancellationToken _cancellation;
    private readonly double _period;
    private readonly long _start;
    private long _point;
    private double _taken = double.NegativeInfinity; // seconds since the start

    /// <summary>Paces a source.</summary>
    /// <param name="source">The source to read; disposed with this one.</param>
    /// <param name="cancellation">Ends the wait and the series.</param>
    /// <param name="clock">The monotonic clock; the system's when null.</param>
    public PacedSource(ISensorSource source, CancellationToken cancellation, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        _source = source;
        _clock = clock ?? TimeProvider.System;
        _cancellation = cancellation;
        _period = 1.0 / source.SampleRate;
        _start = _clock.GetTimestamp();
    }

    /// <inheritdoc/>
    public IReadOnlyList<SensorChannel> Channels => _source.Channels;

    /// <inheritdoc/>
    public double SampleRate => _source.SampleRate;

    /// <inheritdoc/>
    public bool TryRead(Span<float> sample, out DateTimeOffset time)
    {
        double elapsed = _clock.GetElapsedTime(_start).TotalSeconds;
        _point = Math.Max(_point + 1, (long)Math.Floor(elapsed / _period));
        if ((_point * _period) - _taken < _period / 2)
            _point++;
        var wait = TimeSpan.FromSeconds(Math.Max(0, (_point * _period) - elapsed));
        if (_cancellation.IsCancellationRequested || _cancellation.WaitHandle.WaitOne(wait))
        {
            time = default;
            return false;
        }

        _taken = _clock.GetElapsedTime(_start).TotalSeconds;
        return _source.TryRead(sample, out time);
    }

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();
}
