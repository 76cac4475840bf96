using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Latch.Inspector.Tests;

/// <summary>An inspector on a free loopback port, and a client for it.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly InspectorServer _server;

    private TestServer(InspectorServer server)
    {
        _server = server;
        Client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = server.Address, Timeout = TimeSpan.FromSeconds(60) };
    }

    public HttpClient Client { get; }

    public int Port => _server.Address.Port;

    public static async Task<TestServer> Start(InspectorSession session, InspectorServerOptions? options = null) =>
        new(await InspectorServer.StartAsync(session, (options ?? new InspectorServerOptions()) with { Port = 0 }, Cancel));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async Task<JsonElement> Json(string path, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using HttpResponseMessage response = await Client.GetAsync(new Uri(path, UriKind.Relative), Cancel);
        Assert.Equal(expected, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Cancel);
    }

    public async Task<byte[]> Bytes(string path) => await Client.GetByteArrayAsync(new Uri(path, UriKind.Relative), Cancel);

    public async Task<int[]> Integers(string path) => MemoryMarshal.Cast<byte, int>(await Bytes(path)).ToArray();

    public async Task<float[]> Floats(string path) => MemoryMarshal.Cast<byte, float>(await Bytes(path)).ToArray();

    public async Task<(HttpStatusCode Status, JsonElement Document)> Post(string body)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/api/force") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Latch", "1");
        using HttpResponseMessage response = await Client.SendAsync(request, Cancel);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(Cancel));
    }

    /// <summary>Sends text as it is and returns all that comes back.</summary>
    public async Task<string> Raw(string request)
    {
        using TcpClient tcp = new();
        await tcp.ConnectAsync(IPAddress.Loopback, Port, Cancel);
        NetworkStream stream = tcp.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), Cancel);
        using StreamReader reader = new(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
    }
}
