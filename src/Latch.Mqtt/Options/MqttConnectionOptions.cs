namespace Latch.Mqtt;

/// <summary>How to reach a broker. Property names in camel case are the keys of the configuration.</summary>
public abstract record MqttConnectionOptions
{
    /// <summary>Name or address of the broker.</summary>
    public string Host { get; init; } = "";

    /// <summary>TCP port; null for 8883 with TLS and 1883 without.</summary>
    public int? Port { get; init; }

    /// <summary>How the connection is secured.</summary>
    public MqttTls Tls { get; init; } = new();

    /// <summary>User name; null for none.</summary>
    public string? User { get; init; }

    /// <summary>File whose first line is the password; it is read at each connect, so that it can be changed without a restart.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>Client identifier, unique at the broker; null for "latch-" and the device's name.</summary>
    public string? ClientId { get; init; }

    /// <summary>Seconds without traffic after which a ping is sent; the broker sends the last will after one and a half times that.</summary>
    public int KeepAliveSeconds { get; init; } = 30;

    /// <summary>Seconds a connect, a subscribe or an acknowledgement may take.</summary>
    public int TimeoutSeconds { get; init; } = 10;

    /// <summary>Longest pause in seconds between two attempts to connect; the first is half a second, and each is twice the one before.</summary>
    public int RetryLimitSeconds { get; init; } = 60;

    internal int PortOrDefault => Port ?? (Tls.Enabled ? 8883 : 1883);

    /// <summary>Everything that is wrong with the options, each as "key: what, and what to do"; empty when nothing is. Looks at no network.</summary>
    /// <param name="lookForFiles">Whether the files that are named must be on this machine.</param>
    public virtual IReadOnlyList<string> Faults(bool lookForFiles = true) => ConnectionFaults.Of(this, lookForFiles);
}
