using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Latch.Mqtt.Formats;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace Latch.Mqtt.Connection;

/// <summary>Makes the client library's options; the files are read anew each time.</summary>
internal static class ClientOptions
{
    public static MqttClientOptions Make(MqttConnectionOptions options, string clientId, Message? will)
    {
        MqttClientOptionsBuilder builder = new MqttClientOptionsBuilder()
            .WithProtocolVersion(MqttProtocolVersion.V500)
            .WithTcpServer(options.Host, options.PortOrDefault)
            .WithClientId(clientId)
            .WithCleanStart(true)
            .WithSessionExpiryInterval(0)
            .WithKeepAlivePeriod(TimeSpan.FromSeconds(options.KeepAliveSeconds))
            .WithTimeout(TimeSpan.FromSeconds(options.TimeoutSeconds));
        if (options.User is { } user)
            builder.WithCredentials(user, options.PasswordFile is { } file ? Password(file) : null);
        if (will is { } message)
        {
            builder.WithWillTopic(message.Topic).WithWillPayload(message.Body).WithWillRetain(message.Retain)
                .WithWillQualityOfServiceLevel((MqttQualityOfServiceLevel)message.Qos);
        }
        if (options.Tls.Enabled)
            builder.WithTlsOptions(tls => Secure(tls, options));
        return builder.Build();
    }

    private static void Secure(MqttClientTlsOptionsBuilder builder, MqttConnectionOptions options)
    {
        MqttTls tls = options.Tls;
        builder.UseTls().WithTargetHost(tls.ServerName ?? options.Host).WithRevocationMode(X509RevocationMode.NoCheck);
        if (tls.CaFile is { } caFile)
        {
            X509Certificate2Collection authorities = [];
            Read("tls.caFile", caFile, () => authorities.ImportFromPemFile(caFile));
            if (authorities.Count == 0)
                throw new MqttOptionsException([$"tls.caFile: '{caFile}' holds no certificate; it must be PEM."]);
            // Without revocation errors ignored the library looks revocation up online, which a board behind a firewall cannot.
            builder.WithTrustChain(authorities).WithIgnoreCertificateRevocationErrors();
        }
        if (tls is { CertificateFile: { } certificateFile, KeyFile: { } keyFile })
            Read("tls.certificateFile", certificateFile, () => builder.WithClientCertificates([X509Certificate2.CreateFromPemFile(certificateFile, keyFile)]));
    }

    private static string Password(string file)
    {
        string text = "";
        Read("passwordFile", file, () => text = File.ReadAllText(file));
        int end = text.IndexOfAny(['\r', '\n']);
        return end < 0 ? text : text[..end];
    }

    private static void Read(string key, string file, Action read)
    {
        try
        {
            read();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new MqttOptionsException([$"{key}: '{file}' cannot be read: {exception.Message}"]);
        }
    }
}
