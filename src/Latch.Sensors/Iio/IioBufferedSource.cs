namespace Latch.Sensors.Iio;

/// <summary>An IIO device that fills a buffer at its own pace; each scan holds all channels at one instant.</summary>
internal sealed class IioBufferedSource : ISensorSource
{
    private const int ScansAtOnce = 64;
    private const int WaitMilliseconds = 100;

    private readonly IioBuffer _buffer;
    private readonly SensorChannel[] _channels;
    private readonly IioField[] _fields;
    private readonly int? _timeOffset;
    private readonly IioScanElement _timeElement;
    private readonly SourceContext _context;
    private readonly int _timeoutMilliseconds;
    private readonly byte[] _bytes;
    private int _start;
    private int _end;

    /// <param name="buffer">The running buffer; disposed with the source.</param>
    /// <param name="context">Clock and cancellation.</param>
    /// <param name="sampleRate">Hz, as set at the device.</param>
    /// <param name="timeoutMilliseconds">Longest wait for a scan.</param>
    internal IioBufferedSource(IioBuffer buffer, SourceContext context, double sampleRate, int timeoutMilliseconds)
    {
        (_buffer, _context, SampleRate, _timeoutMilliseconds) = (buffer, context, sampleRate, timeoutMilliseconds);
        _fields = buffer.Fields;
        _channels = [.. _fields.Select(field => new SensorChannel(field.Name, field.Channel.Unit))];
        (_timeOffset, _timeElement) = (buffer.TimeOffset, buffer.TimeElement);
        _bytes = new byte[ScansAtOnce * buffer.ScanBytes];
    }

    public IReadOnlyList<SensorChannel> Channels => _channels;

    public double SampleRate { get; }

    public bool TryRead(Span<float> sample, out DateTimeOffset time)
    {
        Throw.IfWrongLength(sample, _channels);
        time = default;
        if (!Fill())
            return false;
        ReadOnlySpan<byte> scan = _bytes.AsSpan(_start, _buffer.ScanBytes);
        _start += _buffer.ScanBytes;
        for (int i = 0; i < sample.Length; i++)
            sample[i] = (float)_fields[i].Channel.Convert(_fields[i].Element.Decode(scan[_fields[i].Offset..]));
        time = _timeOffset is { } at ? DateTimeOffset.UnixEpoch.AddTicks(_timeElement.Decode(scan[at..]) / 100) : _context.Clock.GetUtcNow();
        return true;
    }

    public void Dispose() => _buffer.Dispose();

    /// <summary>Makes sure that there is a whole scan; false after cancellation.</summary>
    private bool Fill()
    {
        if (_end - _start >= _buffer.ScanBytes)
            return true;
        _bytes.AsSpan(_start, _end - _start).CopyTo(_bytes);
        (_start, _end) = (0, _end - _start);
        long began = _context.Clock.GetTimestamp();
        while (_end < _buffer.ScanBytes)
        {
            if (_context.Cancellation.IsCancellationRequested)
                return false;
            _end += _buffer.Read(_bytes.AsSpan(_end), WaitMilliseconds);
            if (_end < _buffer.ScanBytes && _context.Clock.GetElapsedTime(began).TotalMilliseconds > _timeoutMilliseconds)
                throw new SensorException(_buffer.Name, $"gave no sample within {_timeoutMilliseconds} ms: check that its trigger runs (sampling_frequency) or give a longer \"timeoutMs\".");
        }

        return true;
    }
}

/// <summary>Where a channel's value lies in a scan.</summary>
internal sealed record IioField(string Name, IioChannel Channel, IioScanElement Element, int Offset);
