using System.Text.Json;

namespace Latch.Board.Tests.Walkthrough;

/// <summary>The page of the vibration sample on the emulated board, and what holds on the board that it leaves.</summary>
public sealed class WalkthroughTests(WalkthroughFixture walk) : IClassFixture<WalkthroughFixture>
{
    private const string Chip = "/sys/bus/i2c/devices/i2c-1/chip-53";

    [Fact]
    public void Page_EveryBlock_PrintsWhatThePageSays()
    {
        Assert.All(walk.Walked, static walked => Assert.True(
            walked.Step.FirstDifference(walked.Out) is null, $"README.md:{walked.Step.Line}: '{walked.Step.FirstDifference(walked.Out)}' was not printed, but:\n{walked.Out}"));
        string[] sessions = [.. walk.Walked.Where(static walked => walked.Step.Commands.Contains("latch studio", StringComparison.Ordinal)).Select(static walked => walked.Out)];
        Assert.Equal(2, sessions.Length);
        Assert.Contains("\"steps\":150000", sessions[0], StringComparison.Ordinal);
        Assert.Contains("\"live\":true", sessions[1], StringComparison.Ordinal);
    }

    [Fact(Explicit = true)]
    public void Rate_HundredHertz_StepsOnItsGrid()
    {
        // Of an emulated board: how late its steps are says how busy this machine is.
        Board board = walk.Board;
        board.Check("sudo sed -i 's/\"rate\": 0,/\"rate\": 100,/' /etc/latch/agent.json && sudo systemctl stop fan latch-agent; "
            + $"sudo systemd-run --quiet --collect --unit fan fan play {Chip} && sudo systemctl start latch-agent && sleep 30");
        ProcessRun status = AgentBuild.Latch("status", "pi@latch-board", "--ssh-option", $"-F {board.SshConfig}", "--json");
        board.Check("sudo sed -i 's/\"rate\": 100,/\"rate\": 0,/' /etc/latch/agent.json && sudo systemctl restart latch-agent");
        using JsonDocument document = JsonDocument.Parse(status.Succeeded());
        JsonElement agent = document.RootElement.GetProperty("agent");
        TestContext.Current.TestOutputHelper?.WriteLine(agent.ToString());
        Assert.Equal(100, agent.GetProperty("rate").GetDouble());
        long steps = agent.GetProperty("steps").GetInt64(), missed = agent.GetProperty("missedDeadlines").GetInt64();
        Assert.InRange(agent.GetProperty("jitter").GetProperty("p50").GetDouble(), 1, 10_000_000);
        // Every point of the grid since the start is a step or a missed one.
        double points = agent.GetProperty("uptimeSeconds").GetDouble() * 100;
        Assert.InRange(steps + missed, 0.5 * points, points + 100);
    }
}
