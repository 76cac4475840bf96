namespace Latch.Mqtt;

/// <summary>How the connection to the broker is secured. On by default, with the certificate authorities of the system.</summary>
public sealed record MqttTls
{
    /// <summary>False sends everything in plain text: only by this explicit choice.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>PEM file of the authorities that may have signed the broker's certificate; null for the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>PEM file of the client's certificate; null for none.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM file of the client's private key, not encrypted.</summary>
    public string? KeyFile { get; init; }

    /// <summary>The name that the broker's certificate must bear; null for the host's.</summary>
    public string? ServerName { get; init; }
}
