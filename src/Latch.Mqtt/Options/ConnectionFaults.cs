using System.Net;

namespace Latch.Mqtt;

/// <summary>The rules of <see cref="MqttConnectionOptions"/>.</summary>
internal static class ConnectionFaults
{
    public static List<string> Of(MqttConnectionOptions options, bool lookForFiles)
    {
        List<string> faults = [];
        if (string.IsNullOrWhiteSpace(options.Host))
            faults.Add("host: is empty; name the broker.");
        if (options.Port is < 1 or > 65535)
            faults.Add($"port: {options.Port} is not a port; use 1 to 65535.");
        if (options.ClientId is { } id && (id.Length is 0 or > 64))
            faults.Add("clientId: must have 1 to 64 characters.");
        Range("keepAliveSeconds", options.KeepAliveSeconds, 1, 65535, faults);
        Range("timeoutSeconds", options.TimeoutSeconds, 1, 600, faults);
        Range("retryLimitSeconds", options.RetryLimitSeconds, 1, 86400, faults);
        AddUser(options, faults);
        AddTls(options.Tls, faults);
        if (lookForFiles)
            AddMissingFiles(options, faults);
        return faults;
    }

    public static void Range(string key, double value, double least, double most, List<string> faults)
    {
        if (!(value >= least && value <= most))
            faults.Add($"{key}: {value} is out of range; use {least} to {most}.");
    }

    /// <summary>Adds a fault unless the text can stand in a topic that is published to.</summary>
    public static void Topic(string key, string topic, bool oneLevel, List<string> faults)
    {
        if (topic.Length == 0 || topic.IndexOfAny(['+', '#', '\0']) >= 0 || topic.StartsWith('/') || topic.EndsWith('/') || topic.Contains("//", StringComparison.Ordinal))
            faults.Add($"{key}: '{topic}' cannot be a topic; it must not be empty, hold '+' or '#', nor begin or end with '/'.");
        else if (oneLevel && topic.Contains('/', StringComparison.Ordinal))
            faults.Add($"{key}: '{topic}' must be one level of a topic, without '/'.");
    }

    private static void AddUser(MqttConnectionOptions options, List<string> faults)
    {
        if (options.User is null && options.PasswordFile is not null)
            faults.Add("user: is missing beside passwordFile; name the user.");
        if (options.PasswordFile is not null && !options.Tls.Enabled && !IsLoopback(options.Host))
            faults.Add($"tls.enabled: false would send the password to {options.Host} in plain text; switch TLS on.");
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));

    private static void AddTls(MqttTls tls, List<string> faults)
    {
        if ((tls.CertificateFile is null) != (tls.KeyFile is null))
            faults.Add("tls: certificateFile and keyFile belong together; give both or neither.");
        if (!tls.Enabled && (tls.CaFile ?? tls.CertificateFile ?? tls.ServerName) is not null)
            faults.Add("tls.enabled: is false, but files or a name for TLS are given; switch it on or leave them out.");
    }

    private static void AddMissingFiles(MqttConnectionOptions options, List<string> faults)
    {
        Exists("passwordFile", options.PasswordFile, faults);
        Exists("tls.caFile", options.Tls.CaFile, faults);
        Exists("tls.certificateFile", options.Tls.CertificateFile, faults);
        Exists("tls.keyFile", options.Tls.KeyFile, faults);
    }

    private static void Exists(string key, string? path, List<string> faults)
    {
        if (path is not null && !File.Exists(path))
            faults.Add($"{key}: the file '{path}' does not exist; create it or leave the key out.");
    }
}
