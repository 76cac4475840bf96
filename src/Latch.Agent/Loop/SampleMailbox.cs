using Latch.Sensors;

namespace Latch.Agent.Loop;

/// <summary>What stands between the thread that reads the source and the loop: the newest sample, and what became of the source.</summary>
/// <remarks>One reader, one loop. Nothing is allocated once the source is open.</remarks>
/// <param name="everySample">The reader waits until its last sample was taken, so that none is left out. Otherwise the newest takes the place of one that was not.</param>
internal sealed class SampleMailbox(bool everySample = false)
{
    private readonly object _gate = new();
    private float[] _row = [];
    private DateTimeOffset _time;
    private long _number;
    private long _taken;
    private long _asked;
    private bool _closed;
    private bool _ended;
    private string? _gone = "it was not opened yet.";
    private IReadOnlyList<SensorChannel>? _channels;

    /// <summary>The source's channels; null before it was open for the first time.</summary>
    public IReadOnlyList<SensorChannel>? Channels
    {
        get
        {
            lock (_gate)
                return _channels;
        }
    }

    /// <summary>Number of the newest sample, from 1; 0 before the first.</summary>
    public long Number
    {
        get
        {
            lock (_gate)
                return _number;
        }
    }

    /// <summary>Whether the series is at its end; a last sample may still wait.</summary>
    public bool IsEnded
    {
        get
        {
            lock (_gate)
                return _ended;
        }
    }

    /// <summary>Why there is no device; null while there is one.</summary>
    public string? Gone
    {
        get
        {
            lock (_gate)
                return _gone;
        }
    }

    /// <summary>Loop: asks for a sample, for sources that are read on demand.</summary>
    /// <returns>Number of the newest sample there was.</returns>
    public long Ask()
    {
        lock (_gate)
        {
            _asked++;
            Monitor.PulseAll(_gate);
            return _number;
        }
    }

    /// <summary>Loop: takes the newest sample unless it was taken before.</summary>
    /// <param name="row">Receives the readings in the source's order.</param>
    /// <param name="number">Number of the last sample taken; receives the new one.</param>
    /// <param name="time">When it was taken.</param>
    /// <param name="ended">Whether the series is at its end, and its last sample was taken before.</param>
    public bool TryTake(Span<float> row, ref long number, out DateTimeOffset time, out bool ended)
    {
        lock (_gate)
        {
            time = _time;
            ended = _ended && _number == number;
            if (_number == number || row.Length != _row.Length)
                return false;
            _row.CopyTo(row);
            number = _taken = _number;
            if (everySample)
                Monitor.PulseAll(_gate);
            return true;
        }
    }

    /// <summary>Loop: waits for a sample that is newer, the end, or a device that goes.</summary>
    public void Wait(long number, int milliseconds)
    {
        lock (_gate)
        {
            if (_number == number && !_ended && _gone is null)
                Monitor.Wait(_gate, milliseconds);
        }
    }

    /// <summary>Reader: waits until a sample is asked for.</summary>
    /// <param name="answered">Number of requests answered; receives the new one.</param>
    /// <returns>False when nobody asked in time.</returns>
    public bool WaitForAsk(ref long answered, int milliseconds)
    {
        lock (_gate)
        {
            if (_asked == answered)
                Monitor.Wait(_gate, milliseconds);
            if (_asked == answered)
                return false;
            answered = _asked;
            return true;
        }
    }

    /// <summary>Reader: the source is open. One that was gone is back with its first sample: many a device can be opened, but not read.</summary>
    public void Open(IReadOnlyList<SensorChannel> channels)
    {
        lock (_gate)
        {
            if (_row.Length != channels.Count)
                _row = new float[channels.Count];
            if (_channels is null)
                _gone = null;
            _channels = channels;
        }
    }

    /// <summary>Reader: a new sample.</summary>
    public void Put(ReadOnlySpan<float> row, DateTimeOffset time)
    {
        lock (_gate)
        {
            while (everySample && _taken != _number && !_closed)
                Monitor.Wait(_gate);
            row.CopyTo(_row);
            (_time, _number, _gone) = (time, _number + 1, null);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Nobody takes samples any more: nobody waits.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _asked++;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Reader: the device is gone.</summary>
    public void Fail(string reason)
    {
        lock (_gate)
        {
            _gone = reason;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Reader: the series is at its end.</summary>
    public void End()
    {
        lock (_gate)
        {
            _ended = true;
            Monitor.PulseAll(_gate);
        }
    }
}
