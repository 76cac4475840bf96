using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Latch.Targets.Tests.Fleet;

namespace Latch.Board.Tests.Fleet;

/// <summary>Debian's Prometheus with the alert rules that are shipped, of which one is shortened.</summary>
internal sealed class PrometheusServer : IDisposable
{
    private const string Program = "/usr/bin/prometheus";

    private readonly string _folder = Directory.CreateTempSubdirectory("latch-prometheus-").FullName;
    private readonly HttpClient _http = new();
    private readonly Process _process;
    private readonly int _port = StaticFiles.FreePort();

    /// <param name="target">Address to scrape, as seen from here.</param>
    public PrometheusServer(string target)
    {
        SharedData.RequirePath(Program, "Prometheus (Debian: prometheus)");
        string rules = File.ReadAllText(Path.Combine(SharedData.Repository, "targets", "fleet", "monitoring", "latch-alerts.yml"));
        Assert.Contains("up{job=\"latch\"} == 0\n        for: 2m\n", rules, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_folder, "latch-alerts.yml"), rules.Replace("for: 2m\n", "for: 2s\n", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(_folder, "prometheus.yml"), $$"""
            global: { scrape_interval: 2s, evaluation_interval: 1s }
            rule_files: [latch-alerts.yml]
            scrape_configs:
              - job_name: latch
                static_configs: [{ targets: ['{{target}}'] }]
            """);
        _process = Process.Start(new ProcessStartInfo(Program,
            [$"--config.file={_folder}/prometheus.yml", $"--storage.tsdb.path={_folder}/data", $"--web.listen-address=127.0.0.1:{_port}"])
        {
            RedirectStandardError = true,
        })!;
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginErrorReadLine();
    }

    /// <summary>The value of a query with one result; NaN with none, or while the server starts.</summary>
    public double Query(string query)
    {
        JsonElement? result = Get($"query?query={Uri.EscapeDataString(query)}")?.GetProperty("result");
        return result is { } found && found.GetArrayLength() == 1 ? double.Parse(found[0].GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture) : double.NaN;
    }

    /// <summary>Names of the alerts that fire.</summary>
    public string[] Firing() => Get("alerts") is { } data
        ? [.. data.GetProperty("alerts").EnumerateArray().Where(static alert => alert.GetProperty("state").GetString() == "firing").Select(static alert => alert.GetProperty("labels").GetProperty("alertname").GetString()!)]
        : [];

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private JsonElement? Get(string path)
    {
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Get, new Uri($"http://127.0.0.1:{_port}/api/v1/{path}"));
            using HttpResponseMessage response = _http.Send(request);
            using StreamReader reader = new(response.Content.ReadAsStream());
            return response.IsSuccessStatusCode ? JsonDocument.Parse(reader.ReadToEnd()).RootElement.GetProperty("data") : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
