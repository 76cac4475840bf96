using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Latch.Telemetry.Recordings;

namespace Latch.Mqtt.Queue;

/// <summary>
/// One file of an <see cref="OfflineQueue"/>. Bytes 0 to 7 are LATCHQ01; then message after message: its length n as uint32, CRC-32 of the n bytes as uint32, and the n
/// bytes: length of the topic as uint16, topic in UTF-8, payload. Little-endian.
/// </summary>
internal sealed class QueueSegment : IDisposable
{
    public const string Ending = ".queue";
    private const int HeaderLength = 8;
    private const int FrameLength = 8;

    // A length beyond it is damage, not a message.
    private const int LargestMessage = 16 << 20;

    private readonly FileStream _stream;
    private bool _writing;
    private long _waiting;
    private int _peeked;

    private QueueSegment(string path, FileStream stream, bool writing)
    {
        (Path, _stream, _writing) = (path, stream, writing);
        _ = long.TryParse(System.IO.Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out long number);
        Number = number;
        Offset = HeaderLength;
    }

    private static ReadOnlySpan<byte> Magic => "LATCHQ01"u8;

    public string Path { get; }

    public long Number { get; }

    /// <summary>Byte of the oldest message that was not removed.</summary>
    public long Offset { get; private set; }

    /// <summary>Length of what is whole, in bytes.</summary>
    public long Length { get; private set; }

    /// <summary>Messages not removed.</summary>
    public long Waiting => _waiting;

    /// <summary>Why a message could not be read; null where the disk read all.</summary>
    public string? Failure { get; private set; }

    /// <summary>Whether something was found that is no message, and left out with all after it.</summary>
    public bool Torn { get; private set; }

    public static QueueSegment Create(string path)
    {
        // A file of this number can only be what a full disk left of an attempt before.
        FileStream stream = new(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        try
        {
            stream.Write(Magic);
        }
        catch (IOException)
        {
            stream.Dispose();
            throw;
        }
        return new QueueSegment(path, stream, writing: true) { Length = HeaderLength };
    }

    /// <summary>Opens a segment of an earlier run.</summary>
    /// <param name="path">The file.</param>
    /// <param name="read">Opens it to be read.</param>
    public static QueueSegment Open(string path, Func<string, FileStream> read)
    {
        QueueSegment segment = new(path, read(path), writing: false);
        segment.Scan();
        return segment;
    }

    public void Add(string topic, ReadOnlySpan<byte> body)
    {
        int topicLength = Encoding.UTF8.GetByteCount(topic);
        byte[] frame = new byte[FrameLength + 2 + topicLength + body.Length];
        Span<byte> content = frame.AsSpan(FrameLength);
        BinaryPrimitives.WriteUInt16LittleEndian(content, (ushort)topicLength);
        Encoding.UTF8.GetBytes(topic, content[2..]);
        body.CopyTo(content[(2 + topicLength)..]);
        BinaryPrimitives.WriteUInt32LittleEndian(frame, (uint)content.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(4), Crc32.Of(content));
        _stream.Position = Length;
        _stream.Write(frame);
        Length += frame.Length;
        _waiting++;
    }

    /// <summary>Reads the oldest message; false when it is damaged.</summary>
    public bool TryPeek(out string topic, out byte[] body)
    {
        (topic, body) = ("", []);
        byte[]? content = Read(Offset);
        if (content is null)
            return false;
        int topicLength = BinaryPrimitives.ReadUInt16LittleEndian(content);
        topic = Encoding.UTF8.GetString(content, 2, topicLength);
        body = content[(2 + topicLength)..];
        _peeked = FrameLength + content.Length;
        return true;
    }

    public void Remove()
    {
        Offset += _peeked;
        _waiting--;
        _peeked = 0;
    }

    /// <summary>Passes over the messages before a byte, if a message begins there.</summary>
    public void Skip(long offset)
    {
        long at = HeaderLength;
        long passed = 0;
        while (at < offset && Read(at) is { } content)
        {
            at += FrameLength + content.Length;
            passed++;
        }
        if (at == offset)
            (Offset, _waiting) = (at, _waiting - passed);
    }

    public void Sync()
    {
        if (_writing)
            _stream.Flush(flushToDisk: true);
    }

    public void EndWriting() => _writing = false;

    public void Dispose() => _stream.Dispose();

    private void Scan()
    {
        if (!IsOurs())
        {
            Torn = true;
            return;
        }
        long at = HeaderLength;
        while (at < _stream.Length && Read(at) is { } content)
        {
            at += FrameLength + content.Length;
            _waiting++;
        }
        Torn = at < _stream.Length;
        Length = at;
    }

    private bool IsOurs()
    {
        byte[] magic = new byte[HeaderLength];
        try
        {
            _stream.Position = 0;
            return _stream.ReadAtLeast(magic, HeaderLength, throwOnEndOfStream: false) == HeaderLength && magic.AsSpan().SequenceEqual(Magic);
        }
        catch (IOException exception)
        {
            Failure = exception.Message;
            return false;
        }
    }

    // What the disk does not give is lost as what it gives wrongly.
    private byte[]? Read(long offset)
    {
        try
        {
            return ReadWhole(offset);
        }
        catch (IOException exception)
        {
            Failure = exception.Message;
            return null;
        }
    }

    private byte[]? ReadWhole(long offset)
    {
        Span<byte> frame = stackalloc byte[FrameLength];
        _stream.Position = offset;
        if (_stream.ReadAtLeast(frame, FrameLength, throwOnEndOfStream: false) < FrameLength)
            return null;
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(frame);
        if (length is < 2 or > LargestMessage || offset + FrameLength + length > _stream.Length)
            return null;
        byte[] content = new byte[length];
        if (_stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false) < content.Length
            || Crc32.Of(content) != BinaryPrimitives.ReadUInt32LittleEndian(frame[4..])
            || BinaryPrimitives.ReadUInt16LittleEndian(content) + 2 > content.Length)
        {
            return null;
        }
        return content;
    }
}
