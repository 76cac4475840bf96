using System.Net.Sockets;

namespace Latch.Agent.Live;

/// <summary>One listener with what still waits to be sent. It never makes anybody wait: one that is too slow is dropped.</summary>
internal sealed class LiveClient(Socket socket, long number, int limit) : IDisposable
{
    private byte[] _waiting = new byte[4096];
    private int _start;
    private int _end;

    /// <summary>The number it joined with.</summary>
    public long Number => number;

    /// <summary>Whether a header was sent; steps mean nothing before it.</summary>
    public bool HasHeader { get; set; }

    /// <summary>Whether more waits for the client than may.</summary>
    public bool IsTooSlow { get; private set; }

    /// <summary>Sends, or keeps for later.</summary>
    /// <returns>False when the client is gone, or too slow.</returns>
    public bool TryWrite(ReadOnlySpan<byte> line)
    {
        IsTooSlow = _end - _start + line.Length > limit;
        if (IsTooSlow)
            return false;
        if (_waiting.Length - _end < line.Length)
            MakeRoom(line.Length);
        line.CopyTo(_waiting.AsSpan(_end));
        _end += line.Length;
        return TryFlush();
    }

    /// <summary>Sends what waits, as far as the client takes it.</summary>
    /// <returns>False when the client is gone.</returns>
    public bool TryFlush()
    {
        while (_end > _start)
        {
            int sent = socket.Send(_waiting.AsSpan(_start, _end - _start), SocketFlags.None, out SocketError error);
            if (error == SocketError.WouldBlock)
                return true;
            if (error != SocketError.Success || sent <= 0)
                return false;
            _start += sent;
        }

        (_start, _end) = (0, 0);
        return true;
    }

    public void Dispose() => socket.Dispose();

    private void MakeRoom(int length)
    {
        byte[] old = _waiting;
        int used = _end - _start;
        if (used + length > old.Length)
            _waiting = new byte[Math.Max(2 * old.Length, used + length)];
        Buffer.BlockCopy(old, _start, _waiting, 0, used);
        (_start, _end) = (0, used);
    }
}
