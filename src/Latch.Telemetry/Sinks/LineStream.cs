namespace Latch.Telemetry.Sinks;

/// <summary>Lines of text on their way into a stream: each batch of records is one write. A write that failed is overwritten by the next, where the stream can seek.</summary>
internal sealed class LineStream : IDisposable
{
    private const int Room = 64 * 1024, LongestLine = 512;

    private readonly Stream _stream;
    private readonly byte[] _buffer = new byte[Room];
    private readonly byte[] _header;
    private bool _begun;
    private int _used;
    private long _complete;

    /// <summary>Makes lines for a stream.</summary>
    /// <param name="stream">Receives the text; disposed with this.</param>
    /// <param name="header">First line, in front of the first batch.</param>
    public LineStream(Stream stream, ReadOnlySpan<byte> header)
    {
        _stream = stream;
        _complete = stream.CanSeek ? stream.Position : 0;
        _header = header.ToArray();
    }

    /// <summary>Writes one line.</summary>
    /// <param name="record">What it says.</param>
    /// <param name="line">Where it goes: at least 512 bytes.</param>
    /// <returns>Bytes written.</returns>
    public delegate int Format(in TelemetryRecord record, Span<byte> line);

    /// <summary>Writes a batch of records, a line each.</summary>
    public void Write(ReadOnlySpan<TelemetryRecord> records, Format format)
    {
        Rewind();
        Begin();
        foreach (ref readonly TelemetryRecord record in records)
        {
            _used += format(record, _buffer.AsSpan(_used));
            if (_buffer.Length - _used < LongestLine)
                Flush();
        }
        End();
    }

    public void Dispose()
    {
        try
        {
            // Without a record the header alone is the file.
            if (!_begun)
            {
                Begin();
                End();
            }
            Rewind();
            if (_stream.CanSeek && _stream.Length > _complete)
                _stream.SetLength(_complete);
        }
        finally
        {
            _stream.Dispose();
        }
    }

    private void Begin()
    {
        _used = 0;
        if (_begun)
            return;
        _header.CopyTo(_buffer, 0);
        _used = _header.Length;
    }

    private void End()
    {
        Flush();
        _begun = true;
        if (_stream.CanSeek)
            _complete = _stream.Position;
    }

    private void Flush()
    {
        _stream.Write(_buffer, 0, _used);
        _used = 0;
    }

    /// <summary>Goes back to the end of the last batch that was written whole.</summary>
    private void Rewind()
    {
        if (_stream.CanSeek && _stream.Position != _complete)
            _stream.Position = _complete;
    }
}
