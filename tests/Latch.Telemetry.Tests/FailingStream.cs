namespace Latch.Telemetry.Tests;

/// <summary>A stream whose write stops half-way and fails when it is its turn.</summary>
/// <param name="inner">Receives the bytes; disposed with this.</param>
/// <param name="fails">Asked once a write.</param>
internal sealed class FailingStream(Stream inner, Func<bool> fails) : WrappedStream(inner)
{
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        bool now = fails();
        base.Write(now ? buffer[..(buffer.Length / 2)] : buffer);
        if (now)
            throw new IOException("no space left on the disk");
    }
}
