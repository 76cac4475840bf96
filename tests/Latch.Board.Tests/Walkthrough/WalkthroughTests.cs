using System.Globalization;
using System.Text.Json;
using Latch.Anomaly;
using Latch.Runtime;

namespace Latch.Board.Tests.Walkthrough;

/// <summary>The page of the vibration sample on the emulated board, and what holds on the board that it leaves.</summary>
public sealed class WalkthroughTests(WalkthroughFixture walk) : IClassFixture<WalkthroughFixture>
{
    private const string Chip = "/sys/bus/i2c/devices/i2c-1/chip-53";

    // Ordinary work and three faults; 100 samples a second.
    private const string Scenario = "0 running 8 0.8\n25 fault outer 3\n35 repair\n50 fault imbalance 1\n58 repair\n70 fault inner 2\n76 repair\n85 end\n";
    private const int Samples = 8_500, Channels = 3;

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

    // A step for every frame and no other: where no sample comes for longer than the agent waits, it is told to take no step instead of one with the last.
    [Fact(Explicit = true)]
    public void PlayedFrames_OnTheBoard_EveryStepAsOnTheHost()
    {
        Board board = walk.Board;
        (string csv, string frames) = (Record("steps.csv"), Record("steps.bin"));
        board.Copy(frames, "steps.bin");
        // The session begins anew, at a chip that has no sample yet.
        board.Check($"sudo sed -i 's/\"timeout\": \"hold\"/\"timeout\": \"skip\"/' /etc/latch/agent.json; sudo systemctl stop latch-agent fan; sudo sh -c 'rm -f /var/lib/latch/state/*'; sudo sim i2c 0x53 0x30 0x02; sudo sim i2c delay 2000; sudo systemctl start latch-agent");
        board.Check("sudo -u latch sh -c '/var/lib/latch/current/latch-agent live --config /etc/latch/agent.json >/tmp/live' >/dev/null 2>&1 & sleep 3; sudo sim i2c 0x53 play \"$PWD/steps.bin\" 0x30 8");
        board.Check($"for i in $(seq 200); do [ \"$(sudo tail -n 1 /tmp/live | grep -o '\"step\":[0-9]*' | cut -d : -f 2)\" -ge {Samples} ] 2>/dev/null && exit 0; sleep 1; done; sudo tail -n 1 /tmp/live; exit 1");
        string live = board.Check("sudo cat /tmp/live; sudo sim i2c delay 0; sudo sed -i 's/\"timeout\": \"skip\"/\"timeout\": \"hold\"/' /etc/latch/agent.json; sudo systemctl restart latch-agent");
        Compare(live, csv);
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

    private string Record(string name)
    {
        string scenario = Path.Combine(walk.Folder, "steps.scenario"), path = Path.Combine(walk.Folder, name);
        File.WriteAllText(scenario, Scenario);
        ProcessRun.Of(TimeSpan.FromMinutes(2), "dotnet", Path.Combine(AppContext.BaseDirectory, "Simulator.dll"), "record", scenario, "-o", path, "--seed", "5").Succeeded();
        return path;
    }

    // The live stream leaves out what is not taken in time; but the state that a step has depends on every step before it. After the series the chip stays at its
    // last frame.
    private void Compare(string live, string csv)
    {
        string[] rows = File.ReadAllLines(csv)[1..];
        Dictionary<long, JsonElement> steps = live.Split('\n').Select(static line => JsonDocument.Parse(line).RootElement).Where(static line => line.TryGetProperty("checksum", out _))
            .Where(static line => line.GetProperty("step").GetInt64() <= Samples).ToDictionary(static line => line.GetProperty("step").GetInt64());
        TestContext.Current.TestOutputHelper?.WriteLine($"{steps.Count} of {Samples} steps compared");
        Assert.Equal(Samples, rows.Length);
        Assert.InRange(steps.Count, Samples / 10, Samples);
        Assert.InRange(steps.Keys.Max(), Samples - 500, Samples);
        using LatchModel model = LatchModel.Load(Path.Combine(walk.Folder, "vibration.latch"));
        StreamScorer scorer = new(AnomalyProfile.Load(Path.Combine(walk.Folder, "vibration.profile.json")), alarmsPerHour: 1, model.Channels);
        Session session = model.CreateSession();
        int[] state = new int[session.StateSize];
        float[] forecast = [float.NaN, float.NaN, float.NaN];
        List<int> starts = [];
        for (int at = 0; at < Samples; at++)
        {
            float[] sample = [.. rows[at].Split(',').Select(static field => float.Parse(field, CultureInfo.InvariantCulture))];
            bool before = scorer.Detector.InAlarm;
            double score = scorer.Step(sample, forecast, out _);
            session.Step(sample, forecast);
            if (scorer.Detector.InAlarm && !before)
                starts.Add(at);
            if (!steps.TryGetValue(at + 1, out JsonElement step))
                continue;
            session.SaveState(state);
            float[] taken = [.. step.GetProperty("sample").EnumerateArray().Select(static value => value.GetSingle())];
            Assert.True(sample.SequenceEqual(taken), $"step {at + 1} took [{string.Join(", ", taken)}], the frame has [{string.Join(", ", sample)}]");
            Assert.Equal(StateChecksum.Of(state).ToString("x16", CultureInfo.InvariantCulture), step.GetProperty("checksum").GetString());
            Assert.Equal(scorer.Detector.InAlarm, step.GetProperty("alarm").GetBoolean());
            Assert.Equal(score, step.GetProperty("score").GetDouble(), 1e-9);
        }

        using JsonDocument watched = JsonDocument.Parse(AgentBuild.Latch(
            "watch", Path.Combine(walk.Folder, "vibration.latch"), "--source", csv, "--profile", Path.Combine(walk.Folder, "vibration.profile.json"), "--json").Succeeded());
        Assert.Equal(watched.RootElement.GetProperty("alarms").EnumerateArray().Select(static alarm => alarm.GetProperty("start").GetInt32()), starts);
        Assert.InRange(starts.Count, 3, 10);
    }
}
