using System.Globalization;
using System.Text.Json;

namespace Latch.Board.Tests.Deploy;

/// <summary>Deployments that go well, and what can be seen of the board afterwards.</summary>
[Collection(DeployCollection.Name)]
public sealed class DeployTests(DeployedBoard deployed)
{
    [Fact]
    public void Deploy_ToANewBoard_IsConfirmed()
    {
        Board board = deployed.Board;
        foreach (string line in (string[])["connected to latch-board", "architecture: aarch64", "uploaded latch-agent_", "uploaded latch-model-host_1_all.deb", "healthy and confirmed: slot 1 runs host 1"])
            Assert.Contains(line, deployed.First.Out, StringComparison.Ordinal);
        Assert.Equal("0", board.Check("ls -A ~/.cache/latch 2>/dev/null | wc -l"));
        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant($"first deployment {deployed.FirstSeconds:0.0} s (emulated)\n{deployed.First.Out}"));
    }

    [Fact]
    public void Deploy_SecondVersion_IsConfirmedAndRollbackTakesTheFirst()
    {
        Board board = deployed.Board;
        string before = deployed.Current, model = deployed.RunningModel;
        ProcessRun second = deployed.Deploy(deployed.Build());
        string next = $"{AgentBuild.ModelName} {deployed.Version}";
        Assert.Contains("the board has this agent already", second.Succeeded(), StringComparison.Ordinal);
        Assert.DoesNotContain("uploaded latch-agent_", second.Out, StringComparison.Ordinal);
        string after = deployed.Current;
        Assert.NotEqual(before, after);
        Assert.Contains($"slot {after} runs {next}", second.Out, StringComparison.Ordinal);

        Assert.StartsWith($"slot {before} runs {model};", deployed.Latch("rollback").Succeeded(), StringComparison.Ordinal);
        deployed.WaitUntilHealthy();
        Assert.Equal(before, RunningSlot(board));
        Assert.StartsWith($"slot {after} runs {next};", deployed.Latch("rollback").Succeeded(), StringComparison.Ordinal);
        deployed.WaitUntilHealthy();
        Assert.Equal(after, RunningSlot(board));
        TestContext.Current.TestOutputHelper?.WriteLine($"deployment of a model (emulated):\n{second.Out}");
    }

    [Fact(Explicit = true)]
    public void Deploy_OtherConfiguration_TakesEffect()
    {
        Board board = deployed.Board;
        string configuration = Path.Combine(AgentBuild.Folder, "other.json");
        string text = board.Check("sudo cat /etc/latch/agent.json").Replace("\"rate\": 10,", "\"rate\": 8,", StringComparison.Ordinal);
        File.WriteAllText(configuration, text);
        deployed.Deploy(AgentBuild.Packages(deployed.Version, "--config", configuration)).Succeeded();
        deployed.WaitUntilHealthy();
        Assert.Equal(8, deployed.Status().GetProperty("agent").GetProperty("rate").GetDouble());
        deployed.Deploy(deployed.Build()).Succeeded();
        Assert.Equal(10, deployed.Status().GetProperty("agent").GetProperty("rate").GetDouble());
    }

    [Fact]
    public void Status_OfADeployedBoard_IsATableAndADocument()
    {
        string current = deployed.Current;
        string table = deployed.Latch("status").Succeeded();
        Assert.Contains("active (running)", table, StringComparison.Ordinal);
        Assert.Contains(deployed.RunningModel, table, StringComparison.Ordinal);
        JsonElement status = deployed.Status();
        Assert.Equal((current, "active (running)"), (status.GetProperty("current").GetString(), status.GetProperty("service").GetString()));
        JsonElement agent = status.GetProperty("agent");
        Assert.Equal(("running", current, "equal"), (agent.GetProperty("state").GetString(), agent.GetProperty("slot").GetString(), agent.GetProperty("model").GetProperty("golden").GetString()));
        Assert.Equal(deployed.Process, agent.GetProperty("pid").GetInt32());
        Assert.InRange(agent.GetProperty("memoryMiB").GetDouble(), 1, 25);
    }

    [Fact]
    public void Logs_OfADeployedBoard_TellOfAgentAndGate()
    {
        _ = deployed.Board;
        string log = deployed.Latch("logs", "-n", "500").Succeeded();
        Assert.Contains("first result", log, StringComparison.Ordinal);
        Assert.Contains("is healthy and confirmed", log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("latch-agent.service")]
    [InlineData("latch-health.service")]
    public void Security_OfTheUnitAsItRuns_IsBelowTwoAndAHalf(string unit)
    {
        string line = deployed.Board.Check($"systemd-analyze security --no-pager {unit} | tail -n 1");
        double exposure = double.Parse(line.Split(':')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture);
        TestContext.Current.TestOutputHelper?.WriteLine(line);
        Assert.InRange(exposure, 0.1, 2.49);
    }

    [Fact]
    public void Pull_ThenReplay_GivesTheSameIntegersOnX64()
    {
        Board board = deployed.Board;
        // A restart ends the segment that is being written.
        board.Check("sudo systemctl restart latch-agent");
        deployed.WaitUntilHealthy();
        string folder = Path.Combine(AgentBuild.Folder, "pulled");
        deployed.Latch("pull", "-o", folder, "--open").Succeeded();
        JsonElement replay = JsonDocument.Parse(AgentBuild.Latch("replay", folder, Path.Combine(folder, "model", "model.latch"), "--json").Succeeded()).RootElement;
        Assert.True(replay.GetProperty("same").GetBoolean());
        Assert.InRange(replay.GetProperty("steps").GetInt64(), 20, long.MaxValue);
        TestContext.Current.TestOutputHelper?.WriteLine($"{replay.GetProperty("steps")} steps of the board replayed with kernel {replay.GetProperty("kernel")}");
    }

    [Fact]
    public void Device_OfEachBus_MayBeOpenedByTheAgentOnly()
    {
        // The rights of the unit, tried by a shell in a unit with the same settings.
        Board board = deployed.Board;
        board.Check("sudo sh -c \"sed -e '/^ExecStartPre/d' -e '/^ExecReload/d' -e '/^Restart/d' -e 's/^Type=.*/Type=oneshot/' -e '/^WatchdogSec/d' -e '/^NotifyAccess/d' -e '/Directory=/d' -e '/^RuntimeDirectory/d'"
            + " -e 's|^ExecStart=.*|ExecStart=/bin/sh /opt/probe.sh|' -e 's/^ProtectHome=.*//' /lib/systemd/system/latch-agent.service >/run/systemd/system/latch-probe.service\"");
        board.Check("printf 'for f in /dev/i2c-1 /dev/gpiochip0 /dev/spidev0.0 /dev/iio:device0; do true <>$f && echo open $f; done; true </dev/vda || echo closed /dev/vda\\n' | sudo tee /opt/probe.sh >/dev/null; sudo systemctl daemon-reload");
        board.Check("sudo systemctl start latch-probe; sudo rm /run/systemd/system/latch-probe.service /opt/probe.sh; sudo systemctl daemon-reload");
        string log = board.Check("sudo journalctl -u latch-probe -o cat --no-pager");
        foreach (string line in (string[])["open /dev/i2c-1", "open /dev/gpiochip0", "open /dev/spidev0.0", "open /dev/iio:device0", "closed /dev/vda"])
            Assert.Contains(line, log, StringComparison.Ordinal);
    }

    private static string RunningSlot(Board board) => board.Check("sudo readlink /proc/$(systemctl show -P MainPID latch-agent)/exe").Split('/')[^2];
}
