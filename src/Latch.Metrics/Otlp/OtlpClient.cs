using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Latch.Metrics.Otlp;

/// <summary>Posts payloads, one connection each. The platform's HTTP client would add more to the agent than this whole library has.</summary>
internal sealed class OtlpClient(OtlpOptions options)
{
    private readonly Uri _endpoint = new(options.Endpoint);
    private readonly string _headers = OtlpFiles.Headers(options.HeadersFile);
    private readonly SslClientAuthenticationOptions _trust = OtlpFiles.Trust(options.CaFile);

    /// <summary>Sends a payload.</summary>
    /// <exception cref="IOException">It did not arrive, or the collector did not take it.</exception>
    public async Task PostAsync(byte[] payload, CancellationToken cancellation)
    {
        try
        {
            using TcpClient client = new();
            await client.ConnectAsync(_endpoint.DnsSafeHost, _endpoint.Port, cancellation);
            await using Stream stream = await SecureAsync(client.GetStream(), cancellation);
            await stream.WriteAsync((byte[])[.. Head(payload.Length), .. payload], cancellation);
            string status = await StatusAsync(stream, cancellation);
            if (!status.StartsWith("HTTP/1.1 2", StringComparison.Ordinal) && !status.StartsWith("HTTP/1.0 2", StringComparison.Ordinal))
                throw new IOException($"The collector answered \"{status}\".");
        }
        catch (Exception exception) when (exception is SocketException or System.Security.Authentication.AuthenticationException)
        {
            throw new IOException(exception.GetBaseException().Message, exception);
        }
    }

    private async Task<Stream> SecureAsync(NetworkStream stream, CancellationToken cancellation)
    {
        if (_endpoint.Scheme != Uri.UriSchemeHttps)
            return stream;
        SslStream secure = new(stream);
        await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = _endpoint.DnsSafeHost, CertificateChainPolicy = _trust.CertificateChainPolicy }, cancellation);
        return secure;
    }

    private byte[] Head(int length) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $"POST {_endpoint.PathAndQuery} HTTP/1.1\r\nHost: {_endpoint.Authority}\r\nUser-Agent: latch-agent\r\nContent-Type: application/x-protobuf\r\nContent-Length: {length}\r\n{_headers}Connection: close\r\n\r\n"));

    /// <summary>The first line of the answer.</summary>
    private static async Task<string> StatusAsync(Stream stream, CancellationToken cancellation)
    {
        byte[] buffer = new byte[1024];
        int length = 0;
        while (length < buffer.Length)
        {
            int count = await stream.ReadAsync(buffer.AsMemory(length), cancellation);
            length += count;
            int end = buffer.AsSpan(0, length).IndexOf("\r\n"u8);
            if (end >= 0)
                return Encoding.ASCII.GetString(buffer, 0, end);
            if (count == 0)
                break;
        }
        throw new IOException("The collector closed the connection without an answer.");
    }
}
