using System.Diagnostics;
using Latch.Metrics.Tests.Proto;

namespace Latch.Metrics.Tests;

/// <summary>What a collector receives, read by Google's protobuf library.</summary>
public sealed class OtlpTests
{
    [Fact]
    public void Push_Instruments_AreDecodedByTheCollector()
    {
        using Collector collector = new();
        using Instruments instruments = new();
        DateTimeOffset before = DateTimeOffset.UtcNow;
        // Far apart, so that the only push is the one at the end.
        using (MetricsExport.Start(Options(collector, instruments, 3600), Instruments.Resource))
            instruments.Measure();
        Assert.Contains("POST /v1/metrics HTTP/1.1\r\n", collector.Requests.Single().Head, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/x-protobuf\r\n", collector.Requests.Single().Head, StringComparison.Ordinal);
        ResourceMetrics all = Assert.Single(collector.Last.ResourceMetrics);
        Assert.Equal(
            ["service.name=latch-agent", "service.instance.id=pump-7", "latch.model=pump", "latch.model.version=3", "service.version=1.2.0", "latch.target=pi-4"],
            all.Resource.Attributes.Select(static pair => $"{pair.Key}={(pair.Value.HasStringValue ? pair.Value.StringValue : pair.Value.IntValue.ToString(System.Globalization.CultureInfo.InvariantCulture))}"));
        ScopeMetrics scope = Assert.Single(all.ScopeMetrics);
        Assert.Equal(instruments.Name, scope.Scope.Name);
        Assert.Equal(6, scope.Metrics.Count);
        Metric steps = Named(scope, "latch.agent.steps");
        Assert.Equal(("{step}", "Steps taken.", true, 2, 1000L), (steps.Unit, steps.Description, steps.Sum.IsMonotonic, steps.Sum.AggregationTemporality, steps.Sum.DataPoints.Single().AsInt));
        Assert.InRange((long)steps.Sum.DataPoints[0].TimeUnixNano, before.ToUnixTimeMilliseconds() * 1_000_000, DateTimeOffset.UtcNow.AddMilliseconds(1).ToUnixTimeMilliseconds() * 1_000_000);
        Assert.Equal(["stuck 1", "timeout 2"], Named(scope, "latch.agent.faults").Sum.DataPoints.Select(static point => $"{point.Attributes.Single().Value.StringValue} {point.AsInt}"));
        Assert.Equal(1.5, Named(scope, "latch.agent.score").Gauge.DataPoints.Single().AsDouble);
        Metric waiting = Named(scope, "latch.waiting");
        Assert.Equal((false, -3L), (waiting.Sum.IsMonotonic, waiting.Sum.DataPoints.Single().AsInt));
        HistogramDataPoint duration = Named(scope, "latch.agent.step.duration").Histogram.DataPoints.Single();
        Assert.Equal((3UL, 3.033, 17), (duration.Count, Math.Round(duration.Sum, 9), duration.BucketCounts.Count));
        Assert.Equal([0.005, 0.05, double.PositiveInfinity], duration.BucketCounts.Index().Where(static bucket => bucket.Item > 0).Select(bucket => bucket.Index < duration.ExplicitBounds.Count ? duration.ExplicitBounds[bucket.Index] : double.PositiveInfinity));
    }

    [Fact]
    public void Push_CollectorRefusesThenTakes_TotalsArriveAndFailureIsSaid()
    {
        using Collector collector = new() { Status = "503 Busy" };
        using Instruments instruments = new();
        string headers = Path.GetTempFileName();
        File.WriteAllText(headers, "Authorization: Bearer abc\n");
        MetricsOptions options = Options(collector, instruments, 0.05);
        using MetricsExport export = MetricsExport.Start(options with { Otlp = options.Otlp! with { HeadersFile = headers } }, Instruments.Resource);
        instruments.Measure();
        Until(() => export.Status.Failed > 0, "a failure");
        Assert.Contains("503 Busy", export.Status.LastError, StringComparison.Ordinal);
        instruments.Steps.Add(5);
        collector.Status = "200 OK";
        // The first push that is taken may have been measured before the five steps.
        Until(() => Named(collector.Last.ResourceMetrics[0].ScopeMetrics[0], "latch.agent.steps").Sum.DataPoints.Single().AsInt == 1005, "the total");
        Until(() => export.Status.Pushed > 0, "a push");
        Assert.Contains("Authorization: Bearer abc\r\n", collector.Requests[0].Head, StringComparison.Ordinal);
        File.Delete(headers);
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(3600)]
    public void Dispose_CollectorDoesNotAnswer_EndsWithinAFewSeconds(double interval)
    {
        using System.Net.Sockets.TcpListener listener = new(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        using Instruments instruments = new();
        OtlpOptions otlp = new() { Endpoint = $"http://{listener.LocalEndpoint}/v1/metrics", IntervalSeconds = interval, TimeoutSeconds = 60 };
        MetricsExport export = MetricsExport.Start(new MetricsOptions { Meters = [instruments.Name], Otlp = otlp }, Instruments.Resource);
        instruments.Measure();
        if (interval < 1)
            Until(listener.Pending, "a connection");
        long start = Stopwatch.GetTimestamp();
        export.Dispose();
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 1, 20);
        Assert.Equal(0, export.Status.Pushed);
        Assert.EndsWith("no answer within 2 s", export.Status.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public void Measure_NoCollector_AllocatesNothing()
    {
        using Instruments instruments = new();
        MetricsOptions options = new() { Meters = [instruments.Name], Otlp = new OtlpOptions { Endpoint = "http://127.0.0.1:1/v1/metrics" } };
        using MetricsExport export = MetricsExport.Start(options, Instruments.Resource);
        KeyValuePair<string, object?> kind = new("kind", "stuck");
        Assert.Equal(0, AllocatedBytes.Of(10_000, () =>
        {
            instruments.Steps.Add(1);
            instruments.Faults.Add(1, kind);
            instruments.Duration.Record(0.001);
        }));
    }

    [Theory]
    [InlineData("otlp.endpoint", "not an address")]
    [InlineData("otlp.endpoint", "ftp://host/v1/metrics")]
    [InlineData("otlp.endpoint", "http://host:4318")]
    public void Faults_Endpoint_IsNamed(string key, string endpoint)
    {
        MetricsOptions options = new() { Otlp = new OtlpOptions { Endpoint = endpoint } };
        Assert.StartsWith(key + ":", Assert.Single(options.Faults()), StringComparison.Ordinal);
        Assert.Throws<MetricsException>(() => MetricsExport.Start(options, Instruments.Resource));
    }

    [Fact]
    public void Faults_All_AreSaidAtOnce()
    {
        MetricsOptions options = new()
        {
            Meters = [],
            Otlp = new OtlpOptions { IntervalSeconds = 0, TimeoutSeconds = double.NaN, HeadersFile = "/nowhere", CaFile = "/nowhere" },
            Prometheus = new PrometheusOptions { Address = "example", Port = -1 },
        };
        Assert.Equal(
            ["meters", "otlp.intervalSeconds", "otlp.timeoutSeconds", "otlp.headersFile", "otlp.caFile", "prometheus.address", "prometheus.port"],
            options.Faults().Select(static fault => fault[..fault.IndexOf(':', StringComparison.Ordinal)]));
        Assert.Empty(new MetricsOptions { Otlp = new OtlpOptions(), Prometheus = new PrometheusOptions() }.Faults());
        Assert.StartsWith("otlp.endpoint:", Assert.Single(new MetricsOptions { Otlp = new OtlpOptions { Endpoint = "http://host/v1/metrics", HeadersFile = "/dev/null" } }.Faults()), StringComparison.Ordinal);
    }

    private static MetricsOptions Options(Collector collector, Instruments instruments, double interval) =>
        new() { Meters = [instruments.Name], Otlp = new OtlpOptions { Endpoint = collector.Endpoint, IntervalSeconds = interval, TimeoutSeconds = 5 } };

    private static Metric Named(ScopeMetrics scope, string name) => Assert.Single(scope.Metrics, metric => metric.Name == name);

    private static void Until(Func<bool> condition, string what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start).TotalSeconds < 30, $"Waited 30 s for {what}.");
            Thread.Sleep(20);
        }
    }
}
