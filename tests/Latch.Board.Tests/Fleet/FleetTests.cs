using System.Globalization;
using Latch.Mqtt.Tests;

namespace Latch.Board.Tests.Fleet;

/// <summary>targets/fleet on two boards: roll-out, boards that update themselves, what is heard of them. The tests go in any order.</summary>
[Collection(BoardCollection.Name)]
public sealed class FleetTests(FleetFixture fixture) : IClassFixture<FleetFixture>
{
    private const string ServiceState = "echo $(systemctl is-active latch-agent.service) $(systemctl show -P MainPID latch-agent.service)";

    [Fact]
    public void Syntax_OfThePlayBook_IsRight()
    {
        SharedData.RequirePath("/usr/bin/ansible-playbook", "Ansible (Debian: ansible-core)");
        string folder = Path.Combine(SharedData.Repository, "targets", "fleet", "ansible");
        ProcessRun.Of(TimeSpan.FromMinutes(2), "ansible-playbook", "--syntax-check", "-i", Path.Combine(folder, "inventory.example.yml"), Path.Combine(folder, "rollout.yml")).Succeeded();
    }

    [Fact(Explicit = true)]
    public void RollOut_GoodBadAndMendedModel_GoesToTheCanaryFirstAndStopsThere()
    {
        TestFleet fleet = fixture.Fleet;
        Assert.True(TestFleet.RecapOf(fleet.First(), fleet.Other) is { Changed: > 0, Failed: 0 });
        fleet.Publish();
        fleet.RollOut().Succeeded();
        string good = AssertBothRun(fleet);
        Assert.True(string.CompareOrdinal(TestFleet.Status(fleet.Canary, "last-time"), TestFleet.Status(fleet.Other, "last-time")) < 0);

        ProcessRun again = fleet.RollOut();
        again.Succeeded();
        Assert.Equal((0, 0), (TestFleet.RecapOf(again, fleet.Canary)!.Value.Changed, TestFleet.RecapOf(again, fleet.Other)!.Value.Changed));

        // Signed by somebody whom the boards do not know: the agent refuses it, and the canary goes back.
        string stranger = Path.Combine(AgentBuild.Folder, "stranger.pem"), before = fleet.Other.Check(ServiceState);
        AgentBuild.Latch("keygen", "-o", stranger).Succeeded();
        fleet.Publish("--sign", stranger);
        AssertStopsAtTheCanary(fleet, good, before);
        // Once more: the package is half-configured now, which must not pass for installed.
        AssertStopsAtTheCanary(fleet, good, before);

        fleet.Publish();
        fleet.RollOut("-e", $"latch_model_version={fleet.Newest}").Succeeded();
        AssertBothRun(fleet);
    }

    private static string AssertBothRun(TestFleet fleet)
    {
        string model = $"{AgentBuild.ModelName} {fleet.Newest}";
        foreach (Board board in (Board[])[fleet.Canary, fleet.Other])
        {
            Assert.Equal(model, TestFleet.Status(board, "current-model"));
            Assert.Equal("confirmed", TestFleet.Status(board, "last-result"));
            Assert.Equal("healthy", board.Check("sudo /var/lib/latch/current/latch-agent health --wait 30"));
        }
        return model;
    }

    private static void AssertStopsAtTheCanary(TestFleet fleet, string good, string serviceBefore)
    {
        ProcessRun run = fleet.RollOut();
        Assert.True(run.Code != 0, run.Out);
        Assert.Equal(1, TestFleet.RecapOf(run, fleet.Canary)!.Value.Failed);
        Assert.Null(TestFleet.RecapOf(run, fleet.Other));
        Assert.Equal("half-configured", fleet.Canary.Check($"dpkg-query -W -f '${{db:Status-Status}}' {TestFleet.ModelPackage}"));
        Assert.Equal("rolled-back", TestFleet.Status(fleet.Canary, "last-result"));
        Assert.Equal(good, TestFleet.Status(fleet.Canary, "current-model"));
        Assert.Equal("healthy", fleet.Canary.Check("sudo /var/lib/latch/current/latch-agent health --wait 30"));
        // The other board was not touched: the same process.
        Assert.Equal(good, TestFleet.Status(fleet.Other, "current-model"));
        Assert.Equal(serviceBefore, fleet.Other.Check(ServiceState));
        Assert.Matches("^active [1-9][0-9]*$", serviceBefore);
    }

    [Fact(Explicit = true)]
    public void UnattendedUpgrade_NewVersion_IsTakenAndNothingElse()
    {
        TestFleet fleet = fixture.Fleet;
        fleet.First();
        fleet.Canary.Copy(Path.Combine(SharedData.Repository, "targets", "fleet", "unattended-upgrades", "52latch"), "52latch");
        fleet.Canary.Check("sudo install -m 644 52latch /etc/apt/apt.conf.d/52latch");
        fleet.Publish();
        fleet.OnCanary("apt-get update --error-on=any -o Dir::Etc::SourceList=/etc/apt/sources.list.d/latch.sources -o Dir::Etc::SourceParts=- -o APT::Get::List-Cleanup=0").Succeeded();
        ProcessRun run = fleet.OnCanary("unattended-upgrade -d");
        run.Succeeded();
        Assert.Contains($"Packages that will be upgraded: {TestFleet.ModelPackage}", run.Out, StringComparison.Ordinal);
        Assert.Equal($"{AgentBuild.ModelName} {fleet.Newest}", TestFleet.Status(fleet.Canary, "current-model"));
        Assert.Equal("confirmed", TestFleet.Status(fleet.Canary, "last-result"));
    }

    [Fact(Explicit = true)]
    public void OffBoard_BrokerPrometheusCollector_HearTheBoardAndThatItIsGone()
    {
        TestFleet fleet = fixture.Fleet;
        fleet.First();
        using Broker broker = Broker.Open();
        using Collector collector = new();
        int endpoint = Broker.FreePort();
        using Tunnel tunnel = new(fleet.Canary, "-R", $"8883:127.0.0.1:{broker.Port}", "-R", $"4318:127.0.0.1:{collector.Port}", "-L", $"{endpoint}:127.0.0.1:9464");
        using Watcher watcher = broker.Watch("latch/press-1/#");
        fleet.Canary.Copy(broker.Authority.CaFile, "broker-ca.pem");
        fleet.Canary.Copy(broker.PasswordFile, "mqtt-password");
        fleet.Canary.Check("sudo install -m 640 -g latch broker-ca.pem mqtt-password /etc/latch/");
        fleet.Configure("""
            {
              "device": "press-1",
              "model": "/var/lib/latch/current/model",
              "trust": { "keys": ["/etc/latch/keys"] },
              "source": { "kind": "host" },
              "telemetry": {
                "mqtt": {
                  "host": "localhost", "user": "board", "passwordFile": "/etc/latch/mqtt-password", "tls": { "caFile": "/etc/latch/broker-ca.pem" },
                  "everySteps": 1, "everySeconds": 0, "gates": true, "queue": { "folder": "/var/lib/latch/queue" }
                },
                "otlp": { "intervalSeconds": 2 },
                "prometheus": {}
              },
              "state": { "file": "/var/lib/latch/state/state.bin" },
              "status": "/run/latch/status.json",
              "live": "/run/latch/live.sock"
            }
            """);

        Until(() => watcher.Of("latch/press-1/samples").Length >= 5, "samples of the board at the broker");
        int[] steps = [.. watcher.Of("latch/press-1/samples").Select(static seen => seen.Json.GetProperty("step").GetInt32())];
        Assert.Equal([.. Enumerable.Range(steps[0], steps.Length)], steps);
        Assert.Equal("online", watcher.Of("latch/press-1/status")[0].Text);
        Assert.NotEmpty(watcher.Of("latch/press-1/gates"));
        Assert.Equal(int.Parse(fleet.Newest, CultureInfo.InvariantCulture), watcher.Of("latch/press-1/info")[0].Json.GetProperty("modelVersion").GetInt32());
        Until(() => collector.Has("latch.agent.steps"), "a push of the board at the collector");
        Assert.True(collector.Has("latch.mqtt.dropped") && collector.Has("latch.gate.mean"));

        using PrometheusServer prometheus = new($"127.0.0.1:{endpoint}");
        Until(() => prometheus.Query("latch_agent_steps_total") >= 3, "Prometheus to have the board's steps");
        Assert.Equal(1, prometheus.Query("up{job=\"latch\"}"));
        // Gate records of the steps before the connection stood are dropped; nothing after them.
        (double dropped, double now) = (prometheus.Query("latch_mqtt_dropped_total{job=\"latch\"}"), prometheus.Query("latch_agent_steps_total"));
        Until(() => prometheus.Query("latch_agent_steps_total") >= now + 5, "five more steps");
        Assert.Equal(dropped, prometheus.Query("latch_mqtt_dropped_total{job=\"latch\"}"));
        Assert.Equal(1, prometheus.Query($"target_info{{job=\"latch\", latch_model=\"{AgentBuild.ModelName}\", latch_model_version=\"{fleet.Newest}\"}}"));
        Assert.DoesNotContain("LatchDown", prometheus.Firing());

        fleet.Canary.Check("sudo systemctl stop latch-agent.service");
        Until(() => prometheus.Firing().Contains("LatchDown"), "LatchDown to fire");
        Assert.True(tunnel.IsOpen);
        Assert.Equal("offline", watcher.Of("latch/press-1/status")[^1].Text);
        fleet.Canary.Check("sudo systemctl start latch-agent.service");
        Until(() => !prometheus.Firing().Contains("LatchDown"), "LatchDown to end");
    }

    // A board is slow while others are emulated beside it.
    private static void Until(Func<bool> condition, string what) => Wait.Until(condition, what, seconds: 180);
}
