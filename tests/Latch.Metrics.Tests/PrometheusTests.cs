using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Latch.Metrics.Tests;

/// <summary>The endpoint, read by hand and by a real Prometheus.</summary>
public sealed class PrometheusTests
{
    private const string Prometheus = "/usr/bin/prometheus";
    private static readonly HttpClient s_http = new();

    [Fact]
    public async Task Get_Metrics_IsTheTextFormat()
    {
        using Instruments instruments = new();
        using MetricsExport export = Start(instruments);
        instruments.Measure();
        using HttpResponseMessage response = await s_http.GetAsync(new Uri($"http://127.0.0.1:{export.PrometheusPort}/metrics"), TestContext.Current.CancellationToken);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.GetValues("Content-Type").Single());
        string[] lines = (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split('\n');
        Assert.Contains("""target_info{service_name="latch-agent",service_instance_id="pump-7",latch_model="pump",latch_model_version="3",service_version="1.2.0",latch_target="pi-4"} 1""", lines);
        Assert.Contains("# HELP latch_agent_steps_total Steps taken.", lines);
        Assert.Contains("# TYPE latch_agent_steps_total counter", lines);
        Assert.Contains("latch_agent_steps_total 1000", lines);
        Assert.Contains("latch_agent_faults_total{kind=\"stuck\"} 1", lines);
        Assert.Contains("latch_agent_faults_total{kind=\"timeout\"} 2", lines);
        Assert.Contains("# TYPE latch_agent_step_duration_seconds histogram", lines);
        Assert.Contains("latch_agent_step_duration_seconds_bucket{le=\"0.002\"} 0", lines);
        Assert.Contains("latch_agent_step_duration_seconds_bucket{le=\"0.005\"} 1", lines);
        Assert.Contains("latch_agent_step_duration_seconds_bucket{le=\"1\"} 2", lines);
        Assert.Contains("latch_agent_step_duration_seconds_bucket{le=\"+Inf\"} 3", lines);
        Assert.Contains("latch_agent_step_duration_seconds_count 3", lines);
        Assert.Contains("latch_agent_score 1.5", lines);
        Assert.Contains("latch_gate_saturation_ratio{latch_layer=\"a\\\"b\\\\c\\nd\"} 0.25", lines);
        Assert.Contains("# TYPE latch_waiting gauge", lines);
        Assert.Contains("latch_waiting -3", lines);
    }

    [Theory]
    [InlineData("GET /other HTTP/1.1\r\n\r\n", "HTTP/1.1 404")]
    [InlineData("POST /metrics HTTP/1.1\r\n\r\n", "HTTP/1.1 405")]
    [InlineData("nonsense\r\n\r\n", "HTTP/1.1 400")]
    [InlineData("GET /metrics?x=1 HTTP/1.0\r\n\r\n", "HTTP/1.1 200")]
    public async Task Request_OfAnyKind_IsAnswered(string request, string expected)
    {
        using Instruments instruments = new();
        using MetricsExport export = Start(instruments);
        using TcpClient client = new("127.0.0.1", export.PrometheusPort);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        using StreamReader reader = new(client.GetStream());
        Assert.StartsWith(expected, await reader.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public void Start_PortTaken_SaysSo()
    {
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        int port = ((IPEndPoint)other.LocalEndpoint).Port;
        MetricsException exception = Assert.Throws<MetricsException>(() => MetricsExport.Start(new MetricsOptions { Prometheus = new PrometheusOptions { Port = port } }, Instruments.Resource));
        Assert.Contains($"127.0.0.1:{port}", exception.Message, StringComparison.Ordinal);
        Assert.Contains("prometheus.port", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endpoint_ScrapedByPrometheus_ValuesAreThere()
    {
        SharedData.RequirePath(Prometheus, "Debian's package prometheus");
        using Instruments instruments = new();
        using MetricsExport export = Start(instruments);
        instruments.Measure();
        DirectoryInfo folder = Directory.CreateTempSubdirectory("latch-prometheus-");
        int port = FreePort();
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "prometheus.yml"),
            $"global: {{ scrape_interval: 1s }}\nscrape_configs:\n  - job_name: latch\n    static_configs: [{{ targets: ['127.0.0.1:{export.PrometheusPort}'] }}]\n", TestContext.Current.CancellationToken);
        using Process server = Process.Start(new ProcessStartInfo(Prometheus,
            [$"--config.file={folder.FullName}/prometheus.yml", $"--storage.tsdb.path={folder.FullName}/data", $"--web.listen-address=127.0.0.1:{port}"])
        { RedirectStandardError = true })!;
        try
        {
            server.ErrorDataReceived += static (_, _) => { };
            server.BeginErrorReadLine();
            Assert.Equal(1000, await QueryAsync(port, "latch_agent_steps_total"));
            Assert.Equal(2, await QueryAsync(port, "latch_agent_faults_total{kind=\"timeout\"}"));
            Assert.Equal(2, await QueryAsync(port, "latch_agent_step_duration_seconds_bucket{le=\"1.0\"} or latch_agent_step_duration_seconds_bucket{le=\"1\"}"));
            Assert.Equal(1.5, await QueryAsync(port, "latch_agent_score"));
            Assert.Equal(1, await QueryAsync(port, "target_info{job=\"latch\", latch_model=\"pump\", latch_model_version=\"3\", latch_target=\"pi-4\"}"));
            Assert.Equal(1, await QueryAsync(port, "up{job=\"latch\"}"));
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync(CancellationToken.None);
            folder.Delete(recursive: true);
        }
    }

    private static MetricsExport Start(Instruments instruments) =>
        MetricsExport.Start(new MetricsOptions { Meters = [instruments.Name], Prometheus = new PrometheusOptions { Port = 0 } }, Instruments.Resource);

    private static async Task<double> QueryAsync(int port, string query)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                JsonElement answer = await s_http.GetFromJsonAsync<JsonElement>(new Uri($"http://127.0.0.1:{port}/api/v1/query?query={Uri.EscapeDataString(query)}"), TestContext.Current.CancellationToken);
                JsonElement result = answer.GetProperty("data").GetProperty("result");
                if (result.GetArrayLength() == 1)
                    return double.Parse(result[0].GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture);
            }
            catch (HttpRequestException)
            {
                // It has not started yet.
            }
            Assert.True(Stopwatch.GetElapsedTime(start).TotalSeconds < 60, $"Waited 60 s for Prometheus to know {query}.");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
