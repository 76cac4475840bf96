using System.Buffers.Binary;
using Latch.Telemetry.Sinks;

namespace Latch.Telemetry.Recordings;

/// <summary>Takes a recorder's entries from its ring to the disk, and keeps the counts.</summary>
internal sealed class RecorderThread : IDisposable
{
    /// <summary>First byte of an entry: a step with its clock and its bytes, or a segment with its first step and its header.</summary>
    public const byte StepEntry = 0, SegmentEntry = 1;

    /// <summary>Bytes of an entry in front of its content: the kind, and the clock or the first step.</summary>
    public const int EntryBytes = 1 + sizeof(long);

    private readonly ByteRing _ring;
    private readonly SegmentWriter _writer;
    private readonly RecordingOptions _options;
    private readonly WriterThread _thread;
    private readonly Lock _counting = new();
    private long _offered;
    private long _noRoom;
    private long _written;
    private long _lost;
    private long _failures;
    private long _restUntil = long.MinValue;
    private string? _lastError;
    private RecorderStatus _disk = new(0, 0, 0, 0, null, 0, 0, 0, 0);
    private volatile bool _ended;

    public RecorderThread(ByteRing ring, SegmentWriter writer, RecordingOptions options)
    {
        (_ring, _writer, _options) = (ring, writer, options);
        _thread = new WriterThread("recorder", Work, End);
    }

    /// <summary>Milliseconds of a clock that is never set back.</summary>
    public static long Clock(TimeProvider clock) => clock.GetTimestamp() / Math.Max(clock.TimestampFrequency / 1000, 1);

    /// <summary>Times the disk failed.</summary>
    public long Failures => Volatile.Read(ref _failures);

    public RecorderStatus Status
    {
        get
        {
            lock (_counting)
            {
                (long written, long dropped) = (_written, _lost + Volatile.Read(ref _noRoom));
                long offered = Volatile.Read(ref _offered);
                return _disk with { Offered = offered, Written = written, Dropped = _ended ? offered - written : dropped, Failures = _failures, LastError = _lastError };
            }
        }
    }

    /// <summary>Stepping thread: whether the disk is left alone after a failure, or the recorder has ended.</summary>
    public bool IsResting(long clock) => _ended || clock < Volatile.Read(ref _restUntil);

    /// <summary>Stepping thread: whether waiting for room has no end.</summary>
    public bool HasFailedSince(long failures) => _ended || Failures != failures;

    /// <summary>Stepping thread: counts a step.</summary>
    public void Offer(bool taken)
    {
        Volatile.Write(ref _offered, _offered + 1);
        if (!taken)
            Volatile.Write(ref _noRoom, _noRoom + 1);
        else if (_ring.Used > _ring.Capacity / 2)
            _thread.Wake();
    }

    public void Wake() => _thread.Wake();

    public void Dispose()
    {
        if (_ended)
            return;
        bool inTime = _thread.Stop(_options.CloseLimit);
        lock (_counting)
        {
            _ended = true;
            if (!inTime)
                _lastError ??= $"The disk did not come back within {_options.CloseLimit.TotalSeconds} s.";
        }
        _thread.Dispose();
    }

    private bool Work()
    {
        if (!_ring.TryPeek(out ReadOnlySpan<byte> entry))
        {
            Guard([], static (writer, _, clock) => writer.FlushIfOld(clock), Clock(_options.Clock));
            return false;
        }
        long number = BinaryPrimitives.ReadInt64LittleEndian(entry[1..]);
        ReadOnlySpan<byte> content = entry[EntryBytes..];
        if (entry[0] == SegmentEntry)
            Guard(content, static (writer, header, step) => writer.Begin(header, step), number);
        else if (_writer.IsOpen)
            Guard(content, static (writer, step, clock) => writer.Append(step, clock), number);
        else
            Count(lost: 1);
        _ring.Release();
        return true;
    }

    private void End() => Guard([], static (writer, _, _) => writer.End(), 0);

    private void Guard(ReadOnlySpan<byte> content, Act act, long number)
    {
        int lost = 0;
        try
        {
            act(_writer, content, number);
        }
        catch (Exception exception)
        {
            lost = _writer.Abandon();
            Fail(exception);
        }
        Count(lost);
    }

    private void Fail(Exception exception)
    {
        lock (_counting)
        {
            _lastError = exception.Message;
            Volatile.Write(ref _restUntil, Clock(_options.Clock) + (long)_options.RetryAfter.TotalMilliseconds);
            Volatile.Write(ref _failures, _failures + 1);
        }
    }

    private void Count(int lost)
    {
        lock (_counting)
        {
            // A recorder that gave up waiting has counted these as dropped.
            if (_ended)
                return;
            _written = _writer.StepsWritten;
            _lost += lost;
            _disk = _disk with { Segments = _writer.Begun, SegmentsDeleted = _writer.Deleted, BytesWritten = _writer.BytesWritten, DiskBytes = _writer.DiskBytes };
        }
    }

    private delegate void Act(SegmentWriter writer, ReadOnlySpan<byte> content, long number);
}
