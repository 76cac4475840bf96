using System.Net;
using System.Text;
using Latch.Model;
using Latch.Runtime;

namespace Latch.Inspector.Tests.Http;

public sealed class SecurityTests : IAsyncLifetime
{
    private const string Token = "0123456789abcdef0123";

    private readonly LatchModel _model = TestModels.Random(CellKind.Lstm);
    private TestServer _server = null!;
    private TestServer _guarded = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        InspectorSession session = TestModels.Replay(20, new InspectedModel("m", "m.latch", _model));
        _server = await TestServer.Start(session);
        _guarded = await TestServer.Start(session, new InspectorServerOptions { Token = Token });
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _guarded.DisposeAsync();
        _model.Dispose();
    }

    [Theory]
    [InlineData("127.0.0.1", 200)]
    [InlineData("localhost", 200)]
    [InlineData("[::1]", 200)]
    [InlineData("evil.example", 403)]
    [InlineData("127.0.0.1.evil.example", 403)]
    [InlineData("localhost.evil.example", 403)]
    [InlineData("192.168.1.5", 403)]
    [InlineData("0.0.0.0", 403)]
    public async Task Host_Name_OnlyOursIsAnswered(string host, int status)
    {
        Assert.StartsWith($"HTTP/1.1 {status} ", await _server.Raw(Get("/api/session", $"{host}:{_server.Port}")), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 403 ", await _server.Raw(Get("/api/session", $"{host}:{_server.Port + 1}")), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 403 ", await _server.Raw(Get("/api/session", host)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_Missing_IsRefused()
    {
        Assert.StartsWith("HTTP/1.1 403 ", await _server.Raw("GET / HTTP/1.0\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 400 ", await _server.Raw("GET / HTTP/1.1\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://evil.example", 403)]
    [InlineData("null", 403)]
    [InlineData("https://127.0.0.1:{port}", 403)]
    [InlineData("http://127.0.0.1:1", 403)]
    [InlineData("http://localhost:{port}", 403)]
    [InlineData("http://127.0.0.1:{port}", 200)]
    public async Task Origin_Given_MustBeTheHost(string origin, int status)
    {
        origin = origin.Replace("{port}", $"{_server.Port}", StringComparison.Ordinal);
        string body = """{"model":0}""";
        string post = $"POST /api/force HTTP/1.1\r\nHost: 127.0.0.1:{_server.Port}\r\nOrigin: {origin}\r\nX-Latch: 1\r\nContent-Type: application/json\r\n"
            + $"Content-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}";
        Assert.StartsWith($"HTTP/1.1 {status} ", await _server.Raw(post), StringComparison.Ordinal);
        string live = await _server.Raw(Get("/api/live", $"127.0.0.1:{_server.Port}", $"Origin: {origin}\r\n"));
        Assert.StartsWith(status == 403 ? "HTTP/1.1 403 " : "HTTP/1.1 404 ", live, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "application/json", 403)]
    [InlineData("0", "application/json", 403)]
    [InlineData("1", "text/plain", 400)]
    [InlineData("1", "application/x-www-form-urlencoded", 400)]
    [InlineData("1", null, 400)]
    [InlineData("1", "application/json; charset=utf-8", 200)]
    public async Task Post_HeaderAndType_AreNeeded(string? header, string? type, int status)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/api/force") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes("""{"model":0}""")) };
        if (type is not null)
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        if (header is not null)
            request.Headers.Add("X-Latch", header);
        using HttpResponseMessage response = await _server.Client.SendAsync(request, Cancel);
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("/../../../etc/passwd")]
    [InlineData("/..%2f..%2f..%2fetc%2fpasswd")]
    [InlineData("/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/%252e%252e%252fetc%252fpasswd")]
    [InlineData("/js/..%5c..%5cLatch.Inspector.dll")]
    [InlineData("/wwwroot/index.html")]
    [InlineData("//etc/passwd")]
    [InlineData("/index.html%00.js")]
    [InlineData("/Latch.Inspector.dll")]
    [InlineData("/INDEX.HTML")]
    public async Task Path_OutsideThePage_IsNotThere(string path)
    {
        string answer = await _server.Raw(Get(path, $"127.0.0.1:{_server.Port}"));
        Assert.Matches("^HTTP/1.1 40[04] ", answer);
        Assert.DoesNotContain("root:", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/api/session")]
    [InlineData("/api/plane?quantity=h")]
    [InlineData("/api/plane?quantity=wrong")]
    [InlineData("/nothing")]
    public async Task Answer_Always_HasTheHeaders(string path)
    {
        using HttpResponseMessage response = await _server.Client.GetAsync(new Uri(path, UriKind.Relative), Cancel);
        Assert.Equal(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            response.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-referrer", response.Headers.GetValues("Referrer-Policy").Single());
        Assert.Equal("same-origin", response.Headers.GetValues("Cross-Origin-Resource-Policy").Single());
        Assert.False(response.Headers.Contains("Server"));
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Page_Files_HaveNoInlineScriptOrStyleAndNoOtherAddress()
    {
        string page = await _server.Client.GetStringAsync(new Uri("/", UriKind.Relative), Cancel);
        Assert.StartsWith("<!DOCTYPE html>", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch(@"<script(?![^>]*\ssrc=)[^>]*>", page);
        Assert.DoesNotMatch(@"<style|\sstyle=|\son\w+=|https?://", page);
    }

    [Fact]
    public async Task Page_KnownTag_IsNotSentAgain()
    {
        using HttpResponseMessage first = await _server.Client.GetAsync(new Uri("/index.html", UriKind.Relative), Cancel);
        Assert.Equal("text/html; charset=utf-8", first.Content.Headers.ContentType?.ToString());
        using HttpRequestMessage again = new(HttpMethod.Get, "/index.html");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using HttpResponseMessage second = await _server.Client.SendAsync(again, Cancel);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Theory]
    [InlineData(64 * 1024, HttpStatusCode.OK)]
    [InlineData((64 * 1024) + 1, HttpStatusCode.RequestEntityTooLarge)]
    public async Task Body_Size_IsLimited(int size, HttpStatusCode expected)
    {
        (HttpStatusCode status, _) = await _server.Post("""{"model":0}""".PadRight(size));
        Assert.Equal(expected, status);
    }

    [Fact]
    public async Task Requests_TooMany_AreRefusedUntilTheBucketFills()
    {
        InspectorSession session = TestModels.Replay(20, new InspectedModel("m", "m.latch", _model));
        await using TestServer server = await TestServer.Start(session, new InspectorServerOptions { RequestsPerSecond = 2, ChangesPerSecond = 1 });
        List<HttpStatusCode> changes = [], reads = [];
        for (int i = 0; i < 40; i++)
            changes.Add((await server.Post("""{"model":0}""")).Status);
        for (int i = 0; i < 80; i++)
        {
            using HttpResponseMessage response = await server.Client.GetAsync(new Uri("/api/session", UriKind.Relative), Cancel);
            reads.Add(response.StatusCode);
        }
        Assert.All(changes.Take(4).Concat(reads.Take(8)), static status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Contains(HttpStatusCode.TooManyRequests, changes);
        Assert.Contains(HttpStatusCode.TooManyRequests, reads);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/index.html")]
    [InlineData("/api/session")]
    [InlineData("/?token=")]
    [InlineData("/?token=0123456789abcdef0124")]
    [InlineData("/?token=0123456789abcdef0123&token=x")]
    [InlineData("/api/session?token=0123456789abcdef0123")]
    public async Task Token_NotShown_NothingIsAnswered(string path)
    {
        using HttpResponseMessage response = await _guarded.Client.GetAsync(new Uri(path, UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Token_Shown_GivesACookieAndACleanAddress()
    {
        using HttpResponseMessage response = await _guarded.Client.GetAsync(new Uri($"/?view=c&token={Token}", UriKind.Relative), Cancel);
        Assert.Equal((HttpStatusCode.SeeOther, "/?view=c"), (response.StatusCode, response.Headers.Location?.OriginalString));
        string cookie = response.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Token, cookie, StringComparison.Ordinal);
        string pair = cookie.Split(';')[0];
        Assert.StartsWith($"latch-{_guarded.Port}=", pair, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 ", await _guarded.Raw(Get("/api/session", $"127.0.0.1:{_guarded.Port}", $"Cookie: {pair}\r\n")), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 403 ", await _guarded.Raw(Get("/api/session", $"127.0.0.1:{_guarded.Port}", $"Cookie: {pair}0\r\n")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_OtherAddressWithoutToken_IsRefused()
    {
        InspectorSession session = TestModels.Replay(20, new InspectedModel("m", "m.latch", _model));
        await Assert.ThrowsAsync<ArgumentException>(() => InspectorServer.StartAsync(session, new InspectorServerOptions { Address = IPAddress.Any, Port = 0 }, Cancel));
    }

    [Fact]
    public async Task Start_PortTaken_FailsOrTakesTheNext()
    {
        InspectorSession session = TestModels.Replay(20, new InspectedModel("m", "m.latch", _model));
        await Assert.ThrowsAsync<IOException>(() => InspectorServer.StartAsync(session, new InspectorServerOptions { Port = _server.Port }, Cancel));
        await using InspectorServer next = await InspectorServer.StartAsync(session, new InspectorServerOptions { Port = _server.Port, SearchPort = true }, Cancel);
        Assert.InRange(next.Address.Port, _server.Port + 1, _server.Port + 50);
    }

    private static string Get(string path, string host, string more = "") => $"GET {path} HTTP/1.1\r\nHost: {host}\r\n{more}Connection: close\r\n\r\n";
}
