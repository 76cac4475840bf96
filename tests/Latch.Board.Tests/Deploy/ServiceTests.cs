using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Latch.Board.Tests.Deploy;

/// <summary>What systemd does for the agent, and what is left of it over a restart.</summary>
[Collection(DeployCollection.Name)]
public sealed class ServiceTests(DeployedBoard deployed)
{
    private const int WatchdogSeconds = 10;

    [Fact]
    public void Watchdog_FrozenAgent_IsStartedAgain()
    {
        Board board = deployed.Board;
        deployed.WaitUntilHealthy();
        int before = deployed.Process;
        // Measured on the board: it may run slower than this machine.
        string seconds = board.Check($"sudo kill -STOP {before}; b=$(date +%s); while [ \"$(systemctl show -P MainPID latch-agent)\" = {before} ] && [ $(($(date +%s) - b)) -lt 120 ]; do sleep 0.5; done; echo $(($(date +%s) - b))");
        deployed.WaitUntilHealthy();
        Assert.NotEqual(before, deployed.Process);
        Assert.Contains("Watchdog timeout", board.Check("sudo journalctl -q -u latch-agent --no-pager -n 60"), StringComparison.Ordinal);
        Assert.InRange(int.Parse(seconds, CultureInfo.InvariantCulture), 1, WatchdogSeconds + 20);
        TestContext.Current.TestOutputHelper?.WriteLine($"a frozen agent was gone after {seconds} s (WatchdogSec={WatchdogSeconds})");
    }

    [Fact]
    public void Kill_OfTheAgent_IsStartedAgain()
    {
        Board board = deployed.Board;
        deployed.WaitUntilHealthy();
        int before = deployed.Process;
        board.Check($"sudo kill -KILL {before}");
        double seconds = deployed.WaitUntilHealthy();
        Assert.NotEqual(before, deployed.Process);
        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant($"healthy {seconds:0.0} s after kill -9"));
    }

    [Fact]
    public void Reboot_KeepsSlotAndState()
    {
        Board board = deployed.Board;
        deployed.WaitUntilHealthy();
        string slot = deployed.Current, boot = board.Check("cat /proc/sys/kernel/random/boot_id");
        board.Reboot();
        deployed.WaitUntilHealthy();
        Assert.NotEqual(boot, board.Check("cat /proc/sys/kernel/random/boot_id"));
        Assert.Equal(slot, deployed.Current);
        Assert.Contains("state: goes on after step", board.Check("sudo journalctl -q -b -u latch-agent --no-pager"), StringComparison.Ordinal);
        TestContext.Current.TestOutputHelper?.WriteLine($"systemd-analyze: {board.Check("systemd-analyze time | head -n 1")}");
    }

    [Fact]
    public void Disk_Full_RefusesTheUpdateAndTheOldSlotRuns()
    {
        Board board = deployed.Board;
        string before = deployed.Current, packages = deployed.Build();
        // Uploaded while there is room; the space goes before the installation.
        board.Copy(Directory.GetFiles(packages, "latch-model-*.deb").Single(), "update.deb");
        // Room for what dpkg itself writes, but not for a slot.
        board.Check("sudo /usr/lib/latch/latch-slot prune && free=$(df -k --output=avail /var/lib | tail -n 1) && sudo fallocate -l $((free - 9000))K /var/filler");
        try
        {
            ProcessRun install = board.Run("sudo dpkg -i update.deb 2>&1");
            Assert.NotEqual(0, install.Code);
            Assert.Contains("KiB free, a new slot needs", install.Out, StringComparison.Ordinal);
            ProcessRun deploy = deployed.Deploy(packages);
            Assert.Equal(3, deploy.Code);
            Assert.Contains("nothing was changed: space", deploy.Error, StringComparison.Ordinal);
            Assert.Equal(before, deployed.Current);
            deployed.WaitUntilHealthy();
        }
        finally
        {
            board.Check("sudo rm -f /var/filler update.deb");
        }
        deployed.Deploy(packages).Succeeded();
        Assert.NotEqual(before, deployed.Current);
    }

    [Fact]
    public async Task Studio_OnTheBoard_FollowsTheLiveSession()
    {
        _ = deployed.Board;
        deployed.WaitUntilHealthy();
        CancellationToken cancel = TestContext.Current.CancellationToken;
        ProcessStartInfo start = new("dotnet", [AgentBuild.Program, "studio", "--board", "latch-board", "--ssh-option", $"-F {deployed.Board.SshConfig}", "--port", "0"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process studio = System.Diagnostics.Process.Start(start)!;
        try
        {
            Task<string> error = studio.StandardError.ReadToEndAsync(cancel);
            string address = await studio.StandardOutput.ReadLineAsync(cancel).AsTask().WaitAsync(TimeSpan.FromMinutes(2), cancel) ?? $"ended: {await error}";
            Assert.StartsWith("http", address, StringComparison.Ordinal);
            using HttpClient client = new();
            using HttpResponseMessage page = await client.GetAsync(new Uri(address), cancel);
            Uri session = new(new Uri(address), "/api/session");
            long first = await Steps(client, session, 5, cancel);
            Assert.InRange(await Steps(client, session, first + 10, cancel), first + 10, long.MaxValue);
            Assert.False(studio.HasExited);
            studio.Kill(entireProcessTree: true);
            Assert.DoesNotContain("error", await error, StringComparison.OrdinalIgnoreCase);
        }
        finally
        {
            if (!studio.HasExited)
                studio.Kill(entireProcessTree: true);
        }
    }

    [Fact(Explicit = true)]
    public void Jitter_At100Hz_IsPrinted()
    {
        Board board = deployed.Board;
        board.Check("sudo sed -i 's/\"rate\": 10,/\"rate\": 100,/' /etc/latch/agent.json && sudo systemctl restart latch-agent");
        try
        {
            Thread.Sleep(TimeSpan.FromSeconds(20));
            deployed.WaitUntilHealthy();
            JsonElement agent = deployed.Status().GetProperty("agent");
            Assert.Equal(100, agent.GetProperty("rate").GetDouble());
            Assert.InRange(agent.GetProperty("steps").GetInt64(), 100, long.MaxValue);
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"100 Hz on the emulated board: step time {agent.GetProperty("stepTime")}, jitter {agent.GetProperty("jitter")} us, missed {agent.GetProperty("missedDeadlines")} of {agent.GetProperty("steps")}, "
                + $"first result {agent.GetProperty("firstResultMilliseconds")} ms, memory {agent.GetProperty("memoryMiB")} MiB");
        }
        finally
        {
            board.Check("sudo sed -i 's/\"rate\": 100,/\"rate\": 10,/' /etc/latch/agent.json && sudo systemctl restart latch-agent");
            deployed.WaitUntilHealthy();
        }
    }

    // The studio's session once it holds so many steps.
    private static async Task<long> Steps(HttpClient client, Uri session, long least, CancellationToken cancel)
    {
        long steps = 0;
        for (int attempt = 0; attempt < 300 && steps < least; attempt++)
        {
            using JsonDocument document = JsonDocument.Parse(await client.GetStringAsync(session, cancel));
            steps = document.RootElement.GetProperty("steps").GetInt64();
            await Task.Delay(200, cancel);
        }
        return steps;
    }
}
