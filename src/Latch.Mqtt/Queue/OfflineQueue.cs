using System.Globalization;

namespace Latch.Mqtt.Queue;

/// <summary>
/// A bounded first-in first-out queue of messages on disk. It is a folder of segments; what is added goes to the end of the newest, a segment is deleted once all of it was
/// removed, and where the bound is passed the oldest is deleted with what it still held, which is counted. Used by one thread; the counts may be read from any.
/// </summary>
/// <remarks>
/// A message that was only half written when the power went is found by its checksum and left out with what follows in its segment, as is one that the disk does not give back. After a crash, messages of the
/// oldest segment that were removed already are there again: delivery is at least once. After a clean end they are not.
/// </remarks>
internal sealed class OfflineQueue : IDisposable
{
    private const int MostSegments = 64;

    private readonly string _folder;
    private readonly long _limit;
    private readonly long _segmentSize;
    private readonly FileStream _lock;
    private readonly List<QueueSegment> _segments = [];
    private QueueSegment? _writing;
    private long _next = 1;
    private long _count;
    private long _dropped;
    private volatile string? _lastError;

    /// <summary>Opens the queue and finds what an earlier run left.</summary>
    /// <param name="folder">The folder; it is made.</param>
    /// <param name="limit">Largest size of all segments in bytes.</param>
    /// <param name="read">Opens a segment of an earlier run; the file itself when null.</param>
    /// <exception cref="IOException">The folder cannot be used, or another process uses it.</exception>
    public OfflineQueue(string folder, long limit, Func<string, FileStream>? read = null)
    {
        (_folder, _limit, _segmentSize) = (folder, limit, Math.Max(1024, limit / MostSegments));
        Directory.CreateDirectory(folder);
        _lock = new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        QueuePosition position = QueuePosition.Take(PositionPath);
        foreach (string path in Directory.EnumerateFiles(folder, "*" + QueueSegment.Ending).Order(StringComparer.Ordinal))
        {
            var segment = QueueSegment.Open(path, read ?? (static path => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0)));
            if (segment.Number == position.Segment)
                segment.Skip(position.Offset);
            _next = segment.Number + 1;
            _dropped += segment.Torn ? 1 : 0;
            Keep(segment);
        }
        _count = _segments.Sum(static segment => segment.Waiting);
        Shrink();
    }

    /// <summary>Messages that wait.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>Messages lost: to the bound, to a full disk, or half written.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>The last failure of the disk; null without one.</summary>
    public string? LastError => _lastError;

    private string PositionPath => Path.Combine(_folder, "position");

    /// <summary>Adds a message.</summary>
    /// <returns>False when the disk did not take it; it is not counted in <see cref="Dropped"/>.</returns>
    public bool Add(string topic, ReadOnlySpan<byte> body)
    {
        try
        {
            _writing ??= Begin();
            _writing.Add(topic, body);
            Volatile.Write(ref _count, _count + 1);
            if (_writing.Length >= _segmentSize)
                Close();
            Shrink();
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _lastError = $"The queue '{_folder}' cannot be written: {exception.Message}";
            // What stands half written at its end must not be followed by more.
            Close();
            return false;
        }
    }

    /// <summary>Reads the oldest message, which stays.</summary>
    public bool TryPeek(out string topic, out byte[] body)
    {
        while (_segments.Count > 0)
        {
            QueueSegment first = _segments[0];
            long waiting = first.Waiting;
            if (waiting > 0 && first.TryPeek(out topic, out body))
                return true;
            if (first.Failure is { } failure)
                _lastError = $"'{first.Path}' cannot be read, and is given up: {failure}";
            Volatile.Write(ref _dropped, _dropped + waiting);
            Delete(first);
        }
        (topic, body) = ("", []);
        return false;
    }

    /// <summary>Removes the message that was read last.</summary>
    public void Remove()
    {
        _segments[0].Remove();
        Volatile.Write(ref _count, _count - 1);
        if (_segments[0].Waiting == 0)
            Delete(_segments[0]);
    }

    /// <summary>Makes sure that what was added survives a loss of power.</summary>
    public void Sync()
    {
        try
        {
            _writing?.Sync();
        }
        catch (IOException exception)
        {
            _lastError = $"The queue '{_folder}' cannot be written: {exception.Message}";
        }
    }

    public void Dispose()
    {
        Sync();
        if (_segments.Count > 0 && _segments[0] is { Offset: > 0 } first)
            new QueuePosition(first.Number, first.Offset).Write(PositionPath);
        foreach (QueueSegment segment in _segments)
            segment.Dispose();
        _segments.Clear();
        _lock.Dispose();
    }

    private QueueSegment Begin()
    {
        var segment = QueueSegment.Create(Path.Combine(_folder, _next.ToString("D8", CultureInfo.InvariantCulture) + QueueSegment.Ending));
        _next++;
        _segments.Add(segment);
        return segment;
    }

    private void Close()
    {
        Sync();
        _writing?.EndWriting();
        _writing = null;
    }

    private void Keep(QueueSegment segment)
    {
        if (segment.Waiting > 0)
        {
            _segments.Add(segment);
            return;
        }
        segment.Dispose();
        File.Delete(segment.Path);
    }

    private void Shrink()
    {
        while (_segments.Count > 1 && _segments.Sum(static segment => segment.Length) > _limit)
        {
            Volatile.Write(ref _dropped, _dropped + _segments[0].Waiting);
            Delete(_segments[0]);
        }
    }

    private void Delete(QueueSegment segment)
    {
        if (segment == _writing)
            _writing = null;
        Volatile.Write(ref _count, _count - segment.Waiting);
        _segments.Remove(segment);
        segment.Dispose();
        try
        {
            File.Delete(segment.Path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _lastError = $"'{segment.Path}' cannot be deleted: {exception.Message}";
        }
    }
}
