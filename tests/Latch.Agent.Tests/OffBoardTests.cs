using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Latch.Agent.Configuration;
using Latch.Agent.Models;
using Latch.Agent.Service;
using Latch.Agent.Status;
using Latch.Model;
using Latch.Mqtt.Tests;
using Latch.Runtime;

namespace Latch.Agent.Tests;

/// <summary>The program with a broker and a scraper, by nothing but its configuration.</summary>
public sealed partial class OffBoardTests : IDisposable
{
    private static readonly HttpClient s_http = new();

    private readonly Scratch _scratch = new();
    private readonly int _port = Broker.FreePort();

    [Fact]
    public async Task Run_WithBrokerAndEndpoint_PublishesAndIsScraped()
    {
        using Broker broker = Broker.Open();
        Prepare(broker);
        using Watcher watcher = broker.Watch("latch/pump-7/#");
        using AgentProcess agent = new(_scratch);
        Seen[] samples = watcher.Expect("latch/pump-7/samples", 20);
        Assert.Equal([.. Enumerable.Range(0, 20)], samples.Take(20).Select(static sample => sample.Json.GetProperty("step").GetInt32()));
        JsonElement third = samples[2].Json.GetProperty("values");
        Assert.Equal(TestModels.Sample(2), TestModels.Names.Select(name => third.GetProperty(name).GetSingle()));
        Assert.Equal("online", watcher.Expect("latch/pump-7/status")[0].Text);
        Assert.NotEmpty(watcher.Expect("latch/pump-7/gates"));

        Dictionary<string, double> metrics = await ScrapeUntilAsync(static metrics => metrics["latch_agent_steps_total"] > 20);
        Assert.Equal(5, metrics.Keys.Count(static name => name.StartsWith("latch_agent_faults_total{kind=", StringComparison.Ordinal)));
        Assert.Equal(metrics["latch_agent_steps_total"], metrics["latch_agent_step_duration_seconds_count"], 1.0);
        Assert.Equal(0, metrics["latch_agent_alarms_total"]);
        Assert.True(metrics["latch_agent_score"] >= 0);

        // Gate records have no queue: without a broker they are given up, and that is told.
        broker.Stop();
        metrics = await ScrapeUntilAsync(metrics => metrics["latch_mqtt_dropped_total"] > 3);
        agent.WaitFor(status => !status.Mqtt!.Connected && status.Mqtt.Dropped >= metrics["latch_mqtt_dropped_total"]);
    }

    [Fact]
    public async Task AlertRules_EveryMetric_IsOneOfTheAgents()
    {
        string rules = await File.ReadAllTextAsync(Path.Combine(SharedData.Repository, "targets", "fleet", "monitoring", "latch-alerts.yml"), TestContext.Current.CancellationToken);
        string[] named = [.. RuleMetric().Matches(rules).Select(static match => match.Groups[1].Value).Distinct().Where(static name => name != "up")];
        Assert.True(named.Length >= 8, string.Join(' ', named));
        using Broker broker = Broker.Open();
        Prepare(broker);
        using AgentProcess agent = new(_scratch);
        Dictionary<string, double> metrics = await ScrapeUntilAsync(static metrics => metrics["latch_agent_steps_total"] > 2);
        Assert.Empty(named.Except(metrics.Keys.Select(static name => name.Split('{')[0])));
        string info = metrics.Keys.Single(static name => name.StartsWith("target_info{", StringComparison.Ordinal));
        Assert.All(["latch_model=\"small-4\"", "latch_model_version=\"0\"", "service_instance_id=\"pump-7\""], label => Assert.Contains(label, info, StringComparison.Ordinal));
    }

    [Fact]
    public async Task OffBoard_PublisherCannotStart_MetricsAreServedAllTheSame()
    {
        StringWriter lines = new();
        using Log log = new(lines);
        LoadedModel loaded = TestModels.Load();
        using LatchModel model = loaded.Model;
        using (OffBoard offBoard = new(Configuration("not a name", _port), loaded, 10, log))
        {
            Assert.Null(offBoard.Publisher);
            Assert.Single(offBoard.Queues);
            await ScrapeUntilAsync(static metrics => metrics.Keys.Any(static name => name.StartsWith("target_info{", StringComparison.Ordinal)));
        }

        log.Dispose();
        Assert.Contains("<3>telemetry: ", lines.ToString(), StringComparison.Ordinal);
        Assert.Contains("'not a name'", lines.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void OffBoard_PortIsTaken_MessagesArePublishedAllTheSame()
    {
        using System.Net.Sockets.TcpListener other = new(System.Net.IPAddress.Loopback, 0);
        other.Start();
        StringWriter lines = new();
        using Log log = new(lines);
        LoadedModel loaded = TestModels.Load();
        using LatchModel model = loaded.Model;
        using (OffBoard offBoard = new(Configuration("pump-7", ((System.Net.IPEndPoint)other.LocalEndpoint).Port), loaded, 10, log))
        {
            Assert.NotNull(offBoard.Publisher);
            Assert.Null(offBoard.Otlp);
        }

        log.Dispose();
        Assert.Contains("Prometheus cannot be served", lines.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void OffBoard_CollectorIsNotThere_TheStatusSaysSo()
    {
        using Log log = new(new StringWriter());
        using LoopFixture loop = new(TestModels.Load());
        AgentConfiguration configuration = TestModels.Configuration("""
            {"model": "m", "source": {"kind": "stdin"}, "telemetry": {"otlp": {"endpoint": "http://127.0.0.1:1/v1/metrics", "intervalSeconds": 0.1}}}
            """);
        loop.Model.OffBoard = new OffBoard(configuration, loop.Model.Loaded, 10, log);
        using Outputs outputs = new([], log);
        using AgentMeters meters = new(loop.Counters, loop.Faults, static () => null);
        using ServiceManager service = new(null, null, null);
        AgentObserver observer = new(loop.Counters, loop.Faults, meters, outputs, service, log, 0.8);
        StatusSources sources = new(
            configuration.Alarms, loop.Model, null, loop.Counters, loop.Faults, new FaultLog(log, TimeProvider.System), observer, outputs, null, null, loop.Clock.Now);
        OtlpReport? otlp = null;
        Assert.True(SpinWait.SpinUntil(() => (otlp = StatusSnapshot.Take(sources).Otlp) is { Failed: > 0, LastError: not null }, 20_000));
        Assert.Contains("127.0.0.1:1", otlp!.LastError, StringComparison.Ordinal);
        Assert.Equal(0, otlp.Pushed);
    }

    public void Dispose() => _scratch.Dispose();

    private static AgentConfiguration Configuration(string device, int port) => TestModels.Configuration($$"""
        {
          "device": "{{device}}", "model": "m", "source": {"kind": "stdin"},
          "telemetry": {"mqtt": {"host": "localhost", "port": 1}, "prometheus": {"port": {{port}}} }
        }
        """);

    private void Prepare(Broker broker)
    {
        ModelWriter.Write(TestModels.Definition(), _scratch["m.latch"]);
        using (LatchModel model = LatchModel.Create(TestModels.Definition()))
            TestModels.Profile(model).Save(_scratch["profile.json"]);
        _scratch.Write("data.csv", TestModels.Csv(500));
        _scratch.Write("agent.json", $$"""
            {
              "device": "pump-7",
              "model": "m.latch",
              "trust": { "allowUnsigned": true },
              "source": { "kind": "csv", "file": "data.csv", "loop": true },
              "rate": 20,
              "alarms": { "profile": "profile.json" },
              "telemetry": {
                "mqtt": {
                  "host": "localhost", "port": {{broker.Port}}, "user": "board", "passwordFile": "{{broker.PasswordFile}}", "tls": { "caFile": "{{broker.Authority.CaFile}}" },
                  "everySteps": 1, "everySeconds": 0, "gates": true, "retryLimitSeconds": 1,
                },
                "prometheus": { "port": {{_port}} },
              },
              "status": "status.json",
            }
            """);
    }

    /// <summary>Value by name with labels, as in the text.</summary>
    private async Task<Dictionary<string, double>> ScrapeUntilAsync(Func<Dictionary<string, double>, bool> condition)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                string text = await s_http.GetStringAsync(new Uri($"http://127.0.0.1:{_port}/metrics"), TestContext.Current.CancellationToken);
                var metrics = text.Split('\n').Where(static line => line.Length > 0 && line[0] != '#').Select(static line => (Line: line, At: line.LastIndexOf(' ')))
                    .ToDictionary(static line => line.Line[..line.At], static line => double.Parse(line.Line[(line.At + 1)..], CultureInfo.InvariantCulture));
                if (condition(metrics))
                    return metrics;
            }
            catch (Exception exception) when (exception is HttpRequestException or KeyNotFoundException && attempt < 300)
            {
                // It has not started yet.
            }
            Assert.True(attempt < 300, "Waited 30 s for the endpoint.");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    [GeneratedRegex("""([a-z_]+)\{job="latch""")]
    private static partial Regex RuleMetric();
}
