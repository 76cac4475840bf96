using System.Buffers.Binary;

namespace Latch.Telemetry.Recordings;

/// <summary>Reads the steps of a segment, chunk by chunk, and stops before the first that is not whole.</summary>
internal sealed class SegmentReader : IDisposable
{
    private readonly RecordingSegment _segment;
    private readonly FileStream _file;
    private readonly long _length;
    private byte[] _chunk = [];
    private int _count;
    private int _next;
    private long _step;

    public SegmentReader(RecordingSegment segment)
    {
        (_segment, _step) = (segment, segment.Header.StartStep);
        _file = File.OpenRead(segment.Path);
        _length = _file.Length;
        _file.Position = segment.Header.Bytes;
    }

    /// <summary>Why there are no more steps; null at the proper end of the file.</summary>
    public RecordingRemark? Remark { get; private set; }

    /// <summary>The next step's bytes.</summary>
    /// <returns>False at the end, or at a chunk that is not whole.</returns>
    public bool TryRead(out ReadOnlySpan<byte> step)
    {
        step = default;
        if (_next == _count && !TryChunk())
            return false;
        step = _chunk.AsSpan(SegmentFormat.ChunkHeaderBytes + (_next++ * _segment.Header.StepBytes), _segment.Header.StepBytes);
        _step++;
        return true;
    }

    public void Dispose() => _file.Dispose();

    private bool TryChunk()
    {
        long start = _file.Position, left = _length - start;
        if (left == 0 || Remark is not null)
            return false;
        Span<byte> head = stackalloc byte[SegmentFormat.ChunkHeaderBytes];
        if (left < head.Length)
            return Stop(start, torn: true);
        _file.ReadExactly(head);
        int count = BinaryPrimitives.ReadInt32LittleEndian(head[4..]);
        long bytes = SegmentFormat.ChunkOverhead + ((long)count * _segment.Header.StepBytes);
        if (!head.StartsWith(SegmentFormat.ChunkMagic))
            return Stop(start, torn: IsZero(start));
        if (count < 1 || BinaryPrimitives.ReadInt64LittleEndian(head[8..]) != _step || bytes > SegmentFormat.LargestChunk + _segment.Header.StepBytes)
            return Stop(start, torn: false);
        if (bytes > left)
            return Stop(start, torn: true);
        if (_chunk.Length < bytes)
            _chunk = new byte[bytes];
        head.CopyTo(_chunk);
        _file.ReadExactly(_chunk.AsSpan(head.Length, (int)bytes - head.Length));
        Span<byte> covered = _chunk.AsSpan(0, (int)bytes - SegmentFormat.CrcBytes);
        if (Crc32.Of(covered) != BinaryPrimitives.ReadUInt32LittleEndian(_chunk.AsSpan(covered.Length)))
            return Stop(start, torn: bytes == left && covered[^1] == 0);
        (_count, _next) = (count, 0);
        return true;
    }

    /// <summary>Whether the file holds only zeros from a place on: its length was written, its data were not.</summary>
    private bool IsZero(long start)
    {
        _file.Position = start;
        var rest = new byte[SegmentFormat.LargestChunk];
        for (int read; (read = _file.Read(rest)) > 0;)
        {
            if (rest.AsSpan(0, read).ContainsAnyExcept((byte)0))
                return false;
        }
        return true;
    }

    private bool Stop(long at, bool torn)
    {
        string where = $"{_segment.Path}, byte {at}";
        Remark = torn
            ? new RecordingRemark(RecordingFlaw.Torn, $"{where}: the segment was cut off here, as by a power cut; {_length - at} bytes after step {_step} are left out.")
            : new RecordingRemark(RecordingFlaw.Damaged, $"{where}: the data are damaged: the chunk after step {_step} has another CRC or head. The rest of the segment is skipped.");
        return false;
    }
}
