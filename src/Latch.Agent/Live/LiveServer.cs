using System.Buffers;
using System.Net.Sockets;
using Latch.Agent.Service;

namespace Latch.Agent.Live;

/// <summary>The live stream on a Unix socket: a header, then a line a step. Takes several clients; the loop never waits for one.</summary>
internal sealed class LiveServer : IDisposable
{
    private const int MostClients = 16, MostWaiting = 1 << 20;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    private readonly string _path;
    private readonly LiveFeed _feed;
    private readonly Log _log;
    private readonly Socket _listener;
    private readonly List<LiveClient> _clients = [];
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _accepting;
    private readonly Thread _sending;
    private long _dropped;
    private volatile bool _stop;

    /// <exception cref="AgentException">The socket cannot be made.</exception>
    public LiveServer(string path, LiveFeed feed, Log log)
    {
        (_path, _feed, _log) = (path, feed, log);
        _listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            File.Delete(path);
            _listener.Bind(new UnixDomainSocketEndPoint(path));
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);
            _listener.Listen(8);
        }
        catch (Exception exception) when (exception is SocketException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            _listener.Dispose();
            throw new AgentException($"live: the socket {path} cannot be made. {exception.Message}", exception);
        }

        _accepting = new Thread(Accept) { Name = "live accept", IsBackground = true };
        _sending = new Thread(Send) { Name = "live send", IsBackground = true };
        _accepting.Start();
        _sending.Start();
    }

    /// <summary>Clients that were dropped because they were too slow.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Clients that listen.</summary>
    public int Clients
    {
        get
        {
            lock (_clients)
                return _clients.Count;
        }
    }

    public void Dispose()
    {
        _stop = true;
        _wake.Set();
        _sending.Join();
        _listener.Dispose();
        _accepting.Join(TimeSpan.FromSeconds(1));
        lock (_clients)
            _clients.ForEach(static client => client.Dispose());
        File.Delete(_path);
    }

    private void Accept()
    {
        while (!_stop)
        {
            try
            {
                Socket socket = _listener.Accept();
                socket.Blocking = false;
                Add(socket);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                if (_stop)
                    return;
                _log.Warning($"live: {exception.Message}");
                Thread.Sleep(s_pause);
            }
        }
    }

    private void Add(Socket socket)
    {
        lock (_clients)
        {
            if (_clients.Count >= MostClients)
            {
                socket.Dispose();
                return;
            }

            _clients.Add(new LiveClient(socket, _feed.Join(), MostWaiting));
        }

        _wake.Set();
    }

    private void Send()
    {
        ArrayBufferWriter<byte> buffer = new(4096);
        while (true)
        {
            bool last = _stop;
            while (_feed.TryPeek(out LiveEntry entry))
            {
                buffer.ResetWrittenCount();
                LiveLine.Write(buffer, entry);
                Send(entry.Header, buffer.WrittenSpan);
                _feed.Advance();
            }

            Remove(static client => client.TryFlush());
            if (last)
                return;
            _wake.WaitOne(_feed.IsWatched ? s_pause : Timeout.InfiniteTimeSpan);
        }
    }

    private void Send(LiveHeader? header, ReadOnlySpan<byte> line)
    {
        byte[] copy = line.ToArray();
        Remove(client =>
        {
            bool wanted = header is null ? client.HasHeader : client.HasHeader ? header.ForAll : header.Joins >= client.Number;
            if (!wanted)
                return true;
            client.HasHeader = true;
            return client.TryWrite(copy);
        });
    }

    private void Remove(Func<LiveClient, bool> isAlive)
    {
        lock (_clients)
        {
            for (int at = _clients.Count - 1; at >= 0; at--)
            {
                if (isAlive(_clients[at]))
                    continue;
                if (_clients[at].IsTooSlow)
                    Volatile.Write(ref _dropped, _dropped + 1);
                _clients[at].Dispose();
                _clients.RemoveAt(at);
                _feed.Leave();
            }
        }
    }
}
