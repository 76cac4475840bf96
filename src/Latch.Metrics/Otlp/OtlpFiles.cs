using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Latch.Metrics.Otlp;

/// <summary>What the OTLP exporter reads from files: headers and certificate authorities.</summary>
internal static class OtlpFiles
{
    /// <summary>The lines of a request's head.</summary>
    public static string Headers(string? file)
    {
        if (file is null)
            return "";
        string[] lines = Read(file).Split('\n', StringSplitOptions.TrimEntries);
        StringBuilder headers = new();
        for (int line = 0; line < lines.Length; line++)
        {
            int colon = lines[line].IndexOf(':', StringComparison.Ordinal);
            if (lines[line].Length == 0)
                continue;
            if (colon <= 0 || lines[line].Any(static c => char.IsControl(c)) || lines[line][..colon].Any(static c => !(char.IsAsciiLetterOrDigit(c) || c is '-' or '_')))
                throw new MetricsException($"otlp.headersFile: '{file}', line {line + 1} is not \"name: value\"; write one header a line.");
            headers.Append(lines[line]).Append("\r\n");
        }
        return headers.ToString();
    }

    /// <summary>Trust in the authorities of a file only; in the system's without one.</summary>
    public static SslClientAuthenticationOptions Trust(string? file)
    {
        if (file is null)
            return new SslClientAuthenticationOptions();
        X509Certificate2Collection authorities = [];
        try
        {
            authorities.ImportFromPem(Read(file));
        }
        catch (CryptographicException exception)
        {
            throw new MetricsException($"otlp.caFile: '{file}' holds no certificate that can be read: {exception.Message}", exception);
        }
        if (authorities.Count == 0)
            throw new MetricsException($"otlp.caFile: '{file}' holds no certificate; it must be PEM.");
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
