using System.Net;

namespace Latch.Metrics;

/// <summary>The rules of <see cref="MetricsOptions"/>.</summary>
internal static class MetricsFaults
{
    public static List<string> Of(MetricsOptions options, bool lookForFiles)
    {
        List<string> faults = [];
        if (options.Meters.Count == 0)
            faults.Add("meters: is empty, so nothing would be exported; name at least one meter or leave the key out.");
        if (options.Otlp is { } otlp)
            AddOtlp(otlp, lookForFiles, faults);
        if (options.Prometheus is { } prometheus)
            AddPrometheus(prometheus, faults);
        return faults;
    }

    private static void AddOtlp(OtlpOptions otlp, bool lookForFiles, List<string> faults)
    {
        if (!Uri.TryCreate(otlp.Endpoint, UriKind.Absolute, out Uri? endpoint) || (endpoint.Scheme != Uri.UriSchemeHttp && endpoint.Scheme != Uri.UriSchemeHttps))
            faults.Add($"otlp.endpoint: '{otlp.Endpoint}' is not an http or https address; write it in full, such as https://collector:4318/v1/metrics.");
        else if (endpoint.Scheme == Uri.UriSchemeHttp && otlp.HeadersFile is not null && !endpoint.IsLoopback)
            faults.Add($"otlp.endpoint: '{otlp.Endpoint}' would send the headers of otlp.headersFile in plain text; use https.");
        else if (endpoint.AbsolutePath == "/")
            faults.Add($"otlp.endpoint: '{otlp.Endpoint}' has no path; collectors take metrics at /v1/metrics.");
        Positive("otlp.intervalSeconds", otlp.IntervalSeconds, faults);
        Positive("otlp.timeoutSeconds", otlp.TimeoutSeconds, faults);
        if (!lookForFiles)
            return;
        Exists("otlp.headersFile", otlp.HeadersFile, faults);
        Exists("otlp.caFile", otlp.CaFile, faults);
    }

    private static void AddPrometheus(PrometheusOptions prometheus, List<string> faults)
    {
        if (!IPAddress.TryParse(prometheus.Address, out _))
            faults.Add($"prometheus.address: '{prometheus.Address}' is not an IP address; use 127.0.0.1 for the board itself, 0.0.0.0 for every interface.");
        if (prometheus.Port is < 0 or > 65535)
            faults.Add($"prometheus.port: {prometheus.Port} is not a port; use 1 to 65535, or 0 for a free one.");
    }

    private static void Positive(string key, double seconds, List<string> faults)
    {
        if (!(seconds > 0 && seconds <= 86400))
            faults.Add($"{key}: {seconds} is out of range; use more than 0 and at most 86400 seconds.");
    }

    private static void Exists(string key, string? path, List<string> faults)
    {
        if (path is not null && !File.Exists(path))
            faults.Add($"{key}: the file '{path}' does not exist; create it or leave the key out.");
    }
}
