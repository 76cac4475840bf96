using System.Net;
using System.Text;
using Latch.Targets.Tests.Fleet;

namespace Latch.Board.Tests.Fleet;

/// <summary>Takes what is pushed over OTLP, and keeps its bytes.</summary>
internal sealed class Collector : IDisposable
{
    private readonly HttpListener _listener;
    private readonly List<byte[]> _bodies = [];

    public Collector()
    {
        Port = StaticFiles.FreePort();
        _listener = new HttpListener { Prefixes = { $"http://127.0.0.1:{Port}/v1/metrics/" } };
        _listener.Start();
        _ = AnswerAsync();
    }

    public int Port { get; }

    /// <summary>Whether a push holds a name: texts stand in protobuf as they are.</summary>
    public bool Has(string name)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        lock (_bodies)
            return _bodies.Any(body => body.AsSpan().IndexOf(bytes) >= 0);
    }

    public void Dispose() => _listener.Close();

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                using MemoryStream body = new();
                await context.Request.InputStream.CopyToAsync(body);
                bool right = context.Request.HttpMethod == "POST" && context.Request.ContentType == "application/x-protobuf";
                if (right)
                {
                    lock (_bodies)
                        _bodies.Add(body.ToArray());
                }
                context.Response.StatusCode = right ? 200 : 400;
                context.Response.Close();
            }
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or IOException)
        {
            // The test is over.
        }
    }
}
