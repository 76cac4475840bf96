using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Latch.Metrics;

/// <summary>What the OTLP exporter reads from files: headers and certificate authorities.</summary>
internal static class OtlpFiles
{
    /// <summary>The headers in the form the exporter takes: name=value with commas between, values percent-encoded.</summary>
    public static string Headers(string? file)
    {
        if (file is null)
            return "";
        List<string> headers = [];
        foreach (string line in Read(file).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
                throw new MetricsException($"otlp.headersFile: '{file}', line {headers.Count + 1} is not \"name: value\"; write one header a line.");
            headers.Add($"{line[..colon].Trim()}={Uri.EscapeDataString(line[(colon + 1)..].Trim())}");
        }
        return string.Join(",", headers);
    }

    /// <summary>A client that trusts the authorities of a file only; null to take the exporter's own.</summary>
    public static Func<HttpClient>? Client(OtlpOptions otlp)
    {
        if (otlp.CaFile is null)
            return null;
        X509Certificate2Collection authorities = [];
        try
        {
            authorities.ImportFromPem(Read(otlp.CaFile));
        }
        catch (CryptographicException exception)
        {
            throw new MetricsException($"otlp.caFile: '{otlp.CaFile}' holds no certificate that can be read: {exception.Message}", exception);
        }
        if (authorities.Count == 0)
            throw new MetricsException($"otlp.caFile: '{otlp.CaFile}' holds no certificate; it must be PEM.");
        return () => new HttpClient(new SocketsHttpHandler { SslOptions = Trust(authorities) }) { Timeout = TimeSpan.FromSeconds(otlp.TimeoutSeconds) };
    }

    private static SslClientAuthenticationOptions Trust(X509Certificate2Collection authorities)
    {
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);
        return new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new MetricsException($"The file '{file}' cannot be read: {exception.Message}", exception);
        }
    }
}
