using System.Buffers.Binary;

namespace Latch.Telemetry.Recordings;

/// <summary>
/// Writes segments: gathers steps into chunks, each of which is one write and one flush to the disk, and deletes the oldest segments beyond the limit. All memory is
/// taken when it is made; for the writing thread only. Everything here may throw; <see cref="Abandon"/> then ends the segment.
/// </summary>
internal sealed class SegmentWriter(string folder, RecordingOptions options, RecordingBudget budget, Func<string, Stream> create)
{
    private readonly byte[] _chunk = new byte[SegmentFormat.ChunkOverhead + (budget.StepsPerBlock * budget.StepBytes)];
    private readonly Queue<(string Path, long Bytes)> _kept = new();
    private Stream? _file;
    private string _path = "";
    private long _fileBytes;
    private long _number;
    private long _chunkStep;
    private long _chunkClock;
    private int _gathered;
    private int _chunks;
    private bool _listed;

    /// <summary>Steps on the disk.</summary>
    public long StepsWritten { get; private set; }

    /// <summary>True while a segment is open.</summary>
    public bool IsOpen => _file is not null;

    /// <summary>Bytes written so far.</summary>
    public long BytesWritten { get; private set; }

    /// <summary>Bytes of all segments in the folder.</summary>
    public long DiskBytes { get; private set; }

    /// <summary>Segments begun.</summary>
    public long Begun { get; private set; }

    /// <summary>Segments deleted.</summary>
    public long Deleted { get; private set; }

    /// <summary>Ends the segment before and begins one.</summary>
    /// <param name="header">The whole header.</param>
    /// <param name="step">Steps taken before the first one.</param>
    public void Begin(ReadOnlySpan<byte> header, long step)
    {
        End();
        MakeRoom();
        _path = Path.Combine(folder, SegmentFolder.FileName(++_number));
        _file = create(_path);
        _chunks = 0;
        (_fileBytes, _chunkStep) = (0, step);
        Begun++;
        Write(header);
    }

    /// <summary>Adds a step.</summary>
    /// <param name="step">Its bytes.</param>
    /// <param name="clock">Milliseconds of the clock when it was taken.</param>
    public void Append(ReadOnlySpan<byte> step, long clock)
    {
        if (_gathered == 0)
            _chunkClock = clock;
        step.CopyTo(_chunk.AsSpan(SegmentFormat.ChunkHeaderBytes + (_gathered++ * budget.StepBytes)));
        if (_gathered == budget.StepsPerBlock)
            Flush();
        else
            FlushIfOld(clock);
    }

    /// <summary>Writes what was gathered when its time has come.</summary>
    public void FlushIfOld(long clock)
    {
        if (_gathered > 0 && clock - _chunkClock >= options.FlushAfter.TotalMilliseconds)
            Flush();
    }

    /// <summary>Ends the segment.</summary>
    public void End()
    {
        if (_gathered > 0)
            Flush();
        if (_file is not { } file)
            return;
        _file = null;
        _kept.Enqueue((_path, _fileBytes));
        file.Dispose();
    }

    /// <summary>Leaves the segment as it is after a failure.</summary>
    /// <returns>Steps that were gathered and are lost.</returns>
    public int Abandon()
    {
        int lost = _gathered;
        _gathered = 0;
        if (_file is not { } file)
            return lost;
        _file = null;
        try
        {
            // What part of a write reached the file only its length tells.
            long length = file.CanSeek ? file.Length : _fileBytes;
            DiskBytes += length - _fileBytes;
            _fileBytes = length;
            file.Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // The failure before this one is what the recorder tells.
        }
        Keep();
        return lost;
    }

    /// <summary>A segment without a chunk holds nothing: it goes, so that a disk that fails again and again does not fill with empty files.</summary>
    private void Keep()
    {
        if (_chunks > 0 || !TryDelete(_path))
            _kept.Enqueue((_path, _fileBytes));
        else
            DiskBytes -= _fileBytes;
    }

    private static bool TryDelete(string path)
    {
        try
        {
            File.Delete(path);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void Flush()
    {
        int length = SegmentFormat.ChunkHeaderBytes + (_gathered * budget.StepBytes);
        Span<byte> chunk = _chunk.AsSpan(0, length + SegmentFormat.CrcBytes);
        SegmentFormat.ChunkMagic.CopyTo(chunk);
        BinaryPrimitives.WriteInt32LittleEndian(chunk[4..], _gathered);
        BinaryPrimitives.WriteInt64LittleEndian(chunk[8..], _chunkStep);
        BinaryPrimitives.WriteUInt32LittleEndian(chunk[length..], Crc32.Of(chunk[..length]));
        Write(chunk);
        _chunks++;
        StepsWritten += _gathered;
        _chunkStep += _gathered;
        _gathered = 0;
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        _file!.Write(bytes);
        // The file's own buffer is off: this asks the disk.
        if (_file is FileStream file)
            file.Flush(flushToDisk: true);
        else
            _file.Flush();
        _fileBytes += bytes.Length;
        DiskBytes += bytes.Length;
        BytesWritten += bytes.Length;
    }

    private void MakeRoom()
    {
        if (!_listed)
        {
            Directory.CreateDirectory(folder);
            foreach ((long number, string path) in SegmentFolder.List(folder))
            {
                long bytes = new FileInfo(path).Length;
                _kept.Enqueue((path, bytes));
                DiskBytes += bytes;
                _number = number;
            }
            _listed = true;
        }
        while (_kept.Count > 0 && DiskBytes + options.SegmentBytes > options.TotalBytes)
        {
            File.Delete(_kept.Peek().Path);
            DiskBytes -= _kept.Dequeue().Bytes;
            Deleted++;
        }
    }
}
