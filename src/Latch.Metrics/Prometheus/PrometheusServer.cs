using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Latch.Metrics.Prometheus;

/// <summary>Answers GET /metrics, one document a connection; knows nothing else of HTTP.</summary>
internal sealed class PrometheusServer : IDisposable
{
    // A scraper sends some hundred bytes; more is no scraper.
    private const int LargestRequest = 8192;
    private const int MostConnections = 8;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(5);

    private readonly TcpListener _listener;
    private readonly Func<string> _document;
    private readonly SemaphoreSlim _room = new(MostConnections);
    private readonly CancellationTokenSource _end = new();

    /// <summary>Starts to listen.</summary>
    /// <exception cref="SocketException">The port is taken, or the address is not this machine's.</exception>
    public PrometheusServer(IPAddress address, int port, Func<string> document)
    {
        _document = document;
        _listener = new TcpListener(address, port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = Task.Run(AcceptAsync);
    }

    public int Port { get; }

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                await _room.WaitAsync(_end.Token);
                Socket socket = await _listener.AcceptSocketAsync(_end.Token);
                _ = Task.Run(() => ServeAsync(socket));
            }
            catch (SocketException)
            {
                // That client is gone, or the process is out of descriptors: the next may fare better, a little later.
                _room.Release();
                await Task.Delay(100);
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            using NetworkStream stream = new(socket, ownsSocket: true);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
            limit.CancelAfter(s_limit);
            string line = await RequestLineAsync(stream, limit.Token);
            await stream.WriteAsync(Answer(line), limit.Token);
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The client went away or was too slow; it asks again.
        }
        finally
        {
            _room.Release();
        }
    }

    /// <summary>Reads up to the end of the head, and returns its first line.</summary>
    private static async Task<string> RequestLineAsync(NetworkStream stream, CancellationToken cancellation)
    {
        byte[] buffer = new byte[LargestRequest];
        int length = 0;
        while (length < buffer.Length)
        {
            int count = await stream.ReadAsync(buffer.AsMemory(length), cancellation);
            length += count;
            if (count == 0 || buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) >= 0)
                break;
        }
        int end = buffer.AsSpan(0, length).IndexOf("\r\n"u8);
        return end < 0 ? "" : Encoding.ASCII.GetString(buffer, 0, end);
    }

    private byte[] Answer(string requestLine)
    {
        string[] parts = requestLine.Split(' ');
        if (parts.Length != 3 || !parts[2].StartsWith("HTTP/1.", StringComparison.Ordinal))
            return Response("400 Bad Request", "text/plain", "This is not an HTTP/1 request.\n");
        if (parts[0] != "GET")
            return Response("405 Method Not Allowed", "text/plain", "Only GET is served.\n", "Allow: GET\r\n");
        return parts[1].Split('?')[0] == "/metrics"
            ? Response("200 OK", PrometheusText.ContentType, _document())
            : Response("404 Not Found", "text/plain", "Metrics are at /metrics.\n");
    }

    private static byte[] Response(string status, string type, string body, string more = "")
    {
        byte[] content = Encoding.UTF8.GetBytes(body);
        return [.. Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {content.Length}\r\n{more}Connection: close\r\n\r\n"), .. content];
    }
}
