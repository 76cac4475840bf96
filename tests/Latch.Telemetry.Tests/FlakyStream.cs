namespace Latch.Telemetry.Tests;

/// <summary>A stream whose next write stops half-way and fails when it is told to. Leaves the inner stream open.</summary>
internal sealed class FlakyStream(Stream inner) : Stream
{
    public bool FailNext { get; set; }

    public override bool CanRead => false;

    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Length => inner.Length;

    public override long Position
    {
        get => inner.Position;
        set => inner.Position = value;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        inner.Write(FailNext ? buffer[..(buffer.Length / 2)] : buffer);
        if (!FailNext)
            return;
        FailNext = false;
        throw new IOException("the disk is full");
    }

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

    public override void SetLength(long value) => inner.SetLength(value);
}
