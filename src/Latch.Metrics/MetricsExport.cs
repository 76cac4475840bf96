using System.Net;
using System.Net.Sockets;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Latch.Metrics;

/// <summary>
/// Exports what the meters measure: pushed over OTLP, served to Prometheus, or both. Measuring never waits for an export; one that fails is lost, and the next carries the
/// totals again.
/// </summary>
public sealed class MetricsExport : IDisposable
{
    // Seconds: a step of a few microseconds up to one that takes a second.
    private static readonly double[] s_buckets = [1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];

    private readonly MeterProvider _provider;

    private MetricsExport(MeterProvider provider, int port)
    {
        _provider = provider;
        PrometheusPort = port;
    }

    /// <summary>The port Prometheus is served at; 0 without.</summary>
    public int PrometheusPort { get; }

    /// <summary>Starts to export.</summary>
    /// <param name="options">Where to.</param>
    /// <param name="resource">Whose metrics they are.</param>
    /// <exception cref="MetricsException">The options are at fault, a file cannot be read, or the port cannot be listened at.</exception>
    public static MetricsExport Start(MetricsOptions options, MetricsResource resource)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(resource);
        if (options.Faults() is { Count: > 0 } faults)
            throw new MetricsException("Metrics: " + string.Join(" ", faults));
        MeterProviderBuilder builder = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddAttributes(Attributes(resource)))
            .AddMeter([.. options.Meters])
            .AddView(static instrument => instrument.Unit == "s" && IsHistogram(instrument.GetType()) ? new ExplicitBucketHistogramConfiguration { Boundaries = s_buckets } : null);
        if (options.Otlp is { } otlp)
            AddOtlp(builder, otlp);
        int port = options.Prometheus is { } prometheus ? AddPrometheus(builder, prometheus) : 0;
        try
        {
            return new MetricsExport(builder.Build(), port);
        }
        catch (Exception exception) when (exception is HttpListenerException or SocketException)
        {
            throw new MetricsException(
                $"Prometheus cannot be served at {options.Prometheus?.Address}:{port}: {exception.Message}. Free the port or choose another (prometheus.port).", exception);
        }
    }

    /// <summary>Pushes what was measured once more and ends.</summary>
    public void Dispose() => _provider.Dispose();

    private static bool IsHistogram(Type instrument) => instrument.IsGenericType && instrument.GetGenericTypeDefinition() == typeof(System.Diagnostics.Metrics.Histogram<>);

    private static Dictionary<string, object> Attributes(MetricsResource resource)
    {
        Dictionary<string, object> attributes = new()
        {
            ["service.name"] = "latch-agent",
            ["service.instance.id"] = resource.Instance,
            ["latch.model"] = resource.Model,
            ["latch.model.version"] = (long)resource.ModelVersion,
        };
        if (resource.Version.Length > 0)
            attributes["service.version"] = resource.Version;
        if (resource.Target.Length > 0)
            attributes["latch.target"] = resource.Target;
        return attributes;
    }

    private static void AddOtlp(MeterProviderBuilder builder, OtlpOptions otlp)
    {
        string headers = OtlpFiles.Headers(otlp.HeadersFile);
        Func<HttpClient>? client = OtlpFiles.Client(otlp);
        builder.AddOtlpExporter((exporter, reader) =>
        {
            exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
            exporter.Endpoint = new Uri(otlp.Endpoint);
            exporter.TimeoutMilliseconds = (int)(otlp.TimeoutSeconds * 1000);
            if (headers.Length > 0)
                exporter.Headers = headers;
            if (client is not null)
                exporter.HttpClientFactory = client;
            reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)(otlp.IntervalSeconds * 1000);
            reader.PeriodicExportingMetricReaderOptions.ExportTimeoutMilliseconds = exporter.TimeoutMilliseconds;
        });
    }

    private static int AddPrometheus(MeterProviderBuilder builder, PrometheusOptions prometheus)
    {
        int port = prometheus.Port == 0 ? FreePort(IPAddress.Parse(prometheus.Address)) : prometheus.Port;
        builder.AddPrometheusHttpListener(listener =>
        {
            listener.Host = prometheus.Address is "0.0.0.0" or "::" ? "+" : prometheus.Address;
            listener.Port = port;
        });
        return port;
    }

    private static int FreePort(IPAddress address)
    {
        using TcpListener listener = new(address, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
