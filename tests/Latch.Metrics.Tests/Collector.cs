using System.Net;
using System.Net.Sockets;
using System.Text;
using Latch.Metrics.Tests.Proto;

namespace Latch.Metrics.Tests;

/// <summary>A collector that keeps the last request, and answers with a status.</summary>
internal sealed class Collector : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<(string Head, byte[] Body)> _requests = [];

    public Collector()
    {
        _listener.Start();
        _ = Task.Run(RunAsync);
    }

    public string Status { get; set; } = "200 OK";

    public string Endpoint => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/v1/metrics";

    public (string Head, byte[] Body)[] Requests
    {
        get
        {
            lock (_requests)
                return [.. _requests];
        }
    }

    public ExportMetricsServiceRequest Last => ExportMetricsServiceRequest.Parser.ParseFrom(Requests[^1].Body);

    public void Dispose() => _listener.Dispose();

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync();
                NetworkStream stream = client.GetStream();
                List<byte> head = [];
                while (head.Count < 4 || !head.TakeLast(4).SequenceEqual("\r\n\r\n"u8.ToArray()))
                    head.Add((byte)stream.ReadByte());
                string text = Encoding.ASCII.GetString([.. head]);
                string length = text.Split("\r\n").Single(static line => line.StartsWith("Content-Length: ", StringComparison.Ordinal));
                byte[] body = new byte[int.Parse(length["Content-Length: ".Length..], System.Globalization.CultureInfo.InvariantCulture)];
                await stream.ReadExactlyAsync(body);
                lock (_requests)
                    _requests.Add((text, body));
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {Status}\r\nContent-Length: 0\r\n\r\n"));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or IOException)
        {
            // The listener was disposed.
        }
    }
}
