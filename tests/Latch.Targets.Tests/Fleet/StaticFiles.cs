using System.Net;
using System.Net.Sockets;

namespace Latch.Targets.Tests.Fleet;

/// <summary>Serves a folder at a free port of the loopback, like any web server.</summary>
internal sealed class StaticFiles : IDisposable
{
    private readonly HttpListener _listener;
    private readonly string _folder;

    public StaticFiles(string folder)
    {
        _folder = Path.GetFullPath(folder);
        Port = FreePort();
        _listener = new HttpListener { Prefixes = { $"http://127.0.0.1:{Port}/" } };
        _listener.Start();
        _ = AnswerAsync();
    }

    public int Port { get; }

    public static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Dispose() => _listener.Close();

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                string path = Path.Combine(_folder, Uri.UnescapeDataString(context.Request.Url!.AbsolutePath).TrimStart('/'));
                if (File.Exists(path))
                {
                    byte[] bytes = await File.ReadAllBytesAsync(path);
                    context.Response.ContentLength64 = bytes.Length;
                    if (context.Request.HttpMethod != "HEAD")
                        await context.Response.OutputStream.WriteAsync(bytes);
                }
                else
                {
                    context.Response.StatusCode = 404;
                }
                context.Response.Close();
            }
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or IOException)
        {
            // The test is over.
        }
    }
}
