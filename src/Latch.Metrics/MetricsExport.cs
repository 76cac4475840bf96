using System.Net;
using System.Net.Sockets;
using Latch.Metrics.Measuring;
using Latch.Metrics.Otlp;
using Latch.Metrics.Prometheus;

namespace Latch.Metrics;

/// <summary>
/// Exports what the meters measure: pushed over OTLP, served to Prometheus, or both. Measuring never waits for an export; one that fails is lost, and the next carries the
/// totals again.
/// </summary>
public sealed class MetricsExport : IDisposable
{
    private readonly MetricTable _table;
    private readonly OtlpPusher? _pusher;
    private readonly PrometheusServer? _server;

    private MetricsExport(MetricsOptions options, IReadOnlyList<KeyValuePair<string, object>> resource)
    {
        _table = new MetricTable(options.Meters);
        try
        {
            if (options.Prometheus is { } prometheus)
                _server = new PrometheusServer(IPAddress.Parse(prometheus.Address), prometheus.Port, () => PrometheusText.Write(resource, _table.Collect()));
            if (options.Otlp is { } otlp)
                _pusher = new OtlpPusher(otlp, () => OtlpPayload.Write(resource, _table.Collect(), _table.Start, DateTimeOffset.UtcNow));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The port Prometheus is served at; 0 without.</summary>
    public int PrometheusPort => _server?.Port ?? 0;

    /// <summary>What became of the pushes so far. May be read from any thread.</summary>
    public MetricsStatus Status => new(_pusher?.Pushed ?? 0, _pusher?.Failed ?? 0, _pusher?.LastError);

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
        try
        {
            return new MetricsExport(options, Attributes(resource));
        }
        catch (SocketException exception)
        {
            throw new MetricsException(
                $"Prometheus cannot be served at {options.Prometheus?.Address}:{options.Prometheus?.Port}: {exception.Message}. Free the port or choose another (prometheus.port).", exception);
        }
    }

    /// <summary>Pushes what was measured once more and ends, within three seconds.</summary>
    public void Dispose()
    {
        _pusher?.Dispose();
        _server?.Dispose();
        _table.Dispose();
    }

    private static List<KeyValuePair<string, object>> Attributes(MetricsResource resource)
    {
        List<KeyValuePair<string, object>> attributes =
        [
            new("service.name", "latch-agent"),
            new("service.instance.id", resource.Instance),
            new("latch.model", resource.Model),
            new("latch.model.version", (long)resource.ModelVersion),
        ];
        if (resource.Version.Length > 0)
            attributes.Add(new("service.version", resource.Version));
        if (resource.Target.Length > 0)
            attributes.Add(new("latch.target", resource.Target));
        return attributes;
    }
}
