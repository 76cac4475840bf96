namespace Latch.Metrics;

/// <summary>Where metrics go. Property names in camel case are the keys of the configuration.</summary>
public sealed record MetricsOptions
{
    /// <summary>Pushes to a collector; null for none.</summary>
    public OtlpOptions? Otlp { get; init; }

    /// <summary>Serves Prometheus; null for none.</summary>
    public PrometheusOptions? Prometheus { get; init; }

    /// <summary>Names of the meters that are exported.</summary>
    public IReadOnlyList<string> Meters { get; init; } = ["Latch", "Latch.Agent"];

    /// <summary>Everything that is wrong with the options, each as "key: what, and what to do"; empty when nothing is.</summary>
    /// <param name="lookForFiles">Whether the files that are named must be on this machine.</param>
    public IReadOnlyList<string> Faults(bool lookForFiles = true) => MetricsFaults.Of(this, lookForFiles);
}

/// <summary>OTLP over HTTP with protobuf payloads.</summary>
public sealed record OtlpOptions
{
    /// <summary>The full address, such as https://collector.example:4318/v1/metrics.</summary>
    public string Endpoint { get; init; } = "http://127.0.0.1:4318/v1/metrics";

    /// <summary>Seconds between two exports.</summary>
    public double IntervalSeconds { get; init; } = 15;

    /// <summary>Seconds an export may take.</summary>
    public double TimeoutSeconds { get; init; } = 10;

    /// <summary>File with one header a line as "name: value", for a token; null for none.</summary>
    public string? HeadersFile { get; init; }

    /// <summary>PEM file of the authorities that may have signed the collector's certificate; null for the system's.</summary>
    public string? CaFile { get; init; }
}

/// <summary>The endpoint that a Prometheus server scrapes.</summary>
public sealed record PrometheusOptions
{
    /// <summary>Address to listen at; the board itself only, unless said otherwise: the endpoint knows no password.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>TCP port; 0 takes a free one.</summary>
    public int Port { get; init; } = 9464;
}
