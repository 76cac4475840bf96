using System.Net.Sockets;
using Latch.Agent.State;
using Latch.Agent.Status;
using Latch.Bundle;
using Latch.Model;
using Latch.Runtime;
using Latch.Telemetry.Recordings;

namespace Latch.Agent.Tests;

/// <summary>The program as a service manager sees it.</summary>
public sealed class AgentProcessTests : IDisposable
{
    private readonly Scratch _scratch = new();

    [Fact]
    public void Run_AsAService_IsReadyAliveAndStopsCleanly()
    {
        Prepare(rate: 50);
        using AgentProcess agent = new(_scratch, watchdogMicroseconds: 400_000);
        Assert.Contains("small-4", agent.Expect("READY=1"), StringComparison.Ordinal);
        for (int sign = 0; sign < 5; sign++)
            agent.Expect("WATCHDOG=1");
        StatusDocument status = agent.WaitFor(static status => status.Steps > 20);
        Assert.Equal(("running", "small-4", 50.0), (status.State, status.Model!.Name, Math.Round(status.Rate, 6)));
        Assert.True(status.FirstResultMilliseconds > 0 && status.MemoryMiB > 1 && status.Jitter!.P50 > 0 && status.StepTime!.P99 >= status.StepTime.P50);
        Assert.Equal((0, "healthy\n"), AgentProcess.Run(_scratch, "health --wait 20") is var health ? (health.ExitCode, health.Output) : default);
        Assert.Contains("\"state\": \"running\"", AgentProcess.Run(_scratch, "status").Output, StringComparison.Ordinal);
        agent.Signal("TERM");
        agent.Expect("STOPPING=1");
        Assert.Equal(0, agent.WaitForExit());
        Assert.Equal("stopped", StatusFile.Read(_scratch["status.json"]).State);
        Assert.False(File.Exists(_scratch["live.sock"]));
        Assert.Contains("<5>stopped after", agent.Log, StringComparison.Ordinal);
        (int code, string output, _) = AgentProcess.Run(_scratch, "health");
        Assert.Equal((1, "the agent does not run: stopped\n"), (code, output));
    }

    [Fact]
    public void Run_Frozen_GivesNoSignOfLife()
    {
        Prepare(rate: 50);
        using AgentProcess agent = new(_scratch, watchdogMicroseconds: 200_000);
        agent.Expect("WATCHDOG=1");
        agent.Signal("STOP");
        agent.Notify.ReceiveTimeout = 300;
        Assert.Throws<SocketException>(() =>
        {
            for (int message = 0; message < 1000; message++)
                ServiceManagerTests.Receive(agent.Notify);
        });
        agent.Notify.ReceiveTimeout = 20_000;
        agent.Signal("CONT");
        agent.Expect("WATCHDOG=1");
        agent.WaitFor(static status => status.MissedDeadlines >= 10);
    }

    [Fact]
    public void Run_SeriesToItsEnd_LeavesTheStateOfASession()
    {
        Prepare(rate: 0, loop: false);
        using AgentProcess agent = new(_scratch);
        Assert.Equal(0, agent.WaitForExit());
        StatusDocument status = StatusFile.Read(_scratch["status.json"]);
        Assert.Equal(("ended", 500), (status.State, status.Steps));
        StateImage image = StateFile.Parse(File.ReadAllBytes(State()))!;
        Assert.Equal(StateAfter(500), image.Session);
        Assert.Equal(ModelFingerprint.OfFile(_scratch["m.latch"]), image.Fingerprint);
    }

    [Fact]
    public void Run_KilledAndStartedAgain_GoesOnFromTheSavedState()
    {
        Prepare(rate: 100);
        using (AgentProcess agent = new(_scratch))
        {
            Assert.True(SpinWait.SpinUntil(() => File.Exists(State()), TimeSpan.FromSeconds(30)), agent.Log);
            agent.Signal("KILL");
            Assert.Equal(137, agent.WaitForExit());
        }

        int[] saved = StateFile.Parse(File.ReadAllBytes(State()))!.Session;
        Assert.Equal(StateAfter(saved[0]), saved);
        using AgentProcess second = new(_scratch);
        second.Expect("READY=1");
        second.WaitFor(static status => status.Steps > 5);
        Assert.Contains($"<5>state: goes on after step {saved[0]}.", second.Log, StringComparison.Ordinal);
        second.Signal("INT");
        Assert.Equal(0, second.WaitForExit());
        Assert.True(StateFile.Parse(File.ReadAllBytes(State()))!.Session[0] > saved[0] + 5);
    }

    [Fact]
    public void Run_StateIsDamaged_BeginsAnewAndSaysSo()
    {
        Prepare(rate: 0, loop: false);
        File.WriteAllText(State(), "nothing");
        using AgentProcess agent = new(_scratch);
        Assert.Equal(0, agent.WaitForExit());
        Assert.Contains($"{State()} is damaged", agent.Log, StringComparison.Ordinal);
        Assert.Equal(500, StateFile.Parse(File.ReadAllBytes(State()))!.Session[0]);
    }

    [Fact]
    public void HangUp_NewModel_IsTakenAndABadOneIsNot()
    {
        Prepare(rate: 50);
        using AgentProcess agent = new(_scratch);
        agent.Expect("READY=1");
        string first = agent.WaitFor(static status => status.Steps > 5).Model!.Fingerprint;
        Reload(agent, "refused, goes on as before", () => File.WriteAllText(_scratch["m.latch"], "no model"));
        StatusDocument status = agent.WaitFor(static status => status.Reload is not null);
        Assert.Equal(first, status.Model!.Fingerprint);
        Reload(agent, "the same model, its state is kept", () => ModelWriter.Write(TestModels.Definition(), _scratch["m.latch"]));
        Reload(agent, "small-9", () => ModelWriter.Write(TestModels.Definition(9), _scratch["m.latch"]));
        long steps = agent.WaitFor(static status => status.Model!.Name == "small-9").Steps;
        agent.WaitFor(status => status.Steps > steps + 5);
        Reload(agent, "refused, goes on as before", () => Prepare(rate: 50, more: "\"rates\": 5,"));
        agent.Signal("TERM");
        Assert.Equal(0, agent.WaitForExit());
        Assert.Contains("<3>reload: refused", agent.Log, StringComparison.Ordinal);
        Assert.Equal(ModelFingerprint.Of(TestModels.Definition(9)), StateFile.Parse(File.ReadAllBytes(State(9)))!.Fingerprint);
        Assert.Equal(first, StateFile.Parse(File.ReadAllBytes(State()))!.Fingerprint);
    }

    [Fact]
    public void Live_ProgramCopiesTheStream_HostStepsAlong()
    {
        Prepare(rate: 100);
        using AgentProcess agent = new(_scratch);
        agent.Expect("READY=1");
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = 20_000 };
        socket.Connect(new UnixDomainSocketEndPoint(_scratch["live.sock"]));
        using StreamReader reader = new(new NetworkStream(socket));
        using LatchModel model = LatchModel.Load(_scratch["m.latch"]);
        LiveTests.Replay replay = new(model, ModelFingerprint.OfFile(_scratch["m.latch"]));
        while (replay.Steps < 100)
            replay.Take(reader.ReadLine()!);
        Assert.Equal(1, replay.Headers);
    }

    [Fact]
    public void Run_DeviceThatIsNotThere_IsAFaultAndComesBack()
    {
        Prepare(rate: 50);
        File.Move(_scratch["data.csv"], _scratch["away.csv"]);
        using AgentProcess agent = new(_scratch);
        agent.Expect("READY=1");
        StatusDocument gone = agent.WaitFor(static status => status.State == "fault");
        Assert.Equal(("deviceGone", 0), (gone.Faults!.Present, gone.Steps));
        File.Move(_scratch["away.csv"], _scratch["data.csv"]);
        agent.WaitFor(static status => status.State == "running" && status.Steps > 5);
    }

    [Fact]
    public void Run_BundleUnsigned_IsRefusedUnlessAllowed()
    {
        Prepare(rate: 50);
        BundleWriter.Write(_scratch["bundle"], new BundleContent
        {
            Name = "small",
            Version = 3,
            Created = DateTimeOffset.UnixEpoch,
            ModelPath = _scratch["m.latch"],
            Limits = new BundleLimits(5_000_000, 900),
        });
        Configure(50, true, "", "bundle", allow: false);
        using (AgentProcess refused = new(_scratch))
            Assert.Equal(3, refused.WaitForExit());
        Assert.Contains("not signed", StatusFile.Read(_scratch["status.json"]).Reason, StringComparison.Ordinal);
        (int code, string output, _) = AgentProcess.Run(_scratch, "health");
        Assert.Equal(1, code);
        Assert.StartsWith("the agent does not run: failed", output, StringComparison.Ordinal);
        Configure(50, true, "", "bundle", allow: true);
        Assert.Contains("64 golden steps give the same integers", AgentProcess.Run(_scratch, "golden").Output, StringComparison.Ordinal);
        using AgentProcess agent = new(_scratch);
        agent.Expect("READY=1");
        ModelStatus model = agent.WaitFor(static status => status.Steps > 5).Model!;
        Assert.Equal(("small", 3, "equal", 64, 900), (model.Name, model.Version, model.Golden, model.GoldenSteps, model.LimitMemoryMiB));
    }

    [Fact]
    public void Check_GoodAndBad_ExitCodesAndAllFaults()
    {
        Prepare(rate: 50);
        Assert.Equal((0, $"{_scratch["agent.json"]}: good\n"), AgentProcess.Run(_scratch, "check") is var good ? (good.ExitCode, good.Output) : default);
        Configure(50, true, "\"faults\": {\"ranges\": {\"x\": {\"min\": 0}}}, \"rates\": 1,", "m.latch", allow: true);
        (int code, _, string error) = AgentProcess.Run(_scratch, "check");
        Assert.Equal(1, code);
        Assert.Contains("rates: is not known", error, StringComparison.Ordinal);
        Assert.Contains("faults.ranges: the model has no channel 'x'", error, StringComparison.Ordinal);
        Assert.Equal(2, AgentProcess.Run(_scratch, "start").ExitCode);
        Assert.Matches("^latch-agent [0-9]+\\.[0-9]+\\.[0-9]+\n$", AgentProcess.Run(_scratch, "version").Output);
    }

    [Fact]
    public void Run_SourceWithoutTheModelsChannels_DoesNotStart()
    {
        Prepare(rate: 50);
        _scratch.Write("data.csv", "a,b\n1,2\n");
        using AgentProcess agent = new(_scratch);
        Assert.Equal(3, agent.WaitForExit());
        Assert.Contains("<3>source: the model needs the channel c", agent.Log, StringComparison.Ordinal);
    }

    public void Dispose() => _scratch.Dispose();

    private string State(int seed = 4) => StateFile.PathOf(_scratch["state.bin"], ModelFingerprint.Of(TestModels.Definition(seed)));

    private static void Reload(AgentProcess agent, string expected, Action change)
    {
        change();
        agent.Signal("HUP");
        agent.Expect("RELOADING=1");
        Assert.Contains(expected, agent.Expect("READY=1"), StringComparison.Ordinal);
    }

    private static int[] StateAfter(int steps)
    {
        using LatchModel model = LatchModel.Create(TestModels.Definition());
        Session session = model.CreateSession();
        // As the numbers stand in the file: text and back gives the same floats.
        for (int step = 0; step < steps; step++)
            session.Step(TestModels.Sample(step % 500), new float[3]);
        int[] state = new int[session.StateSize];
        session.SaveState(state);
        return state;
    }

    private void Prepare(double rate, bool loop = true, string more = "")
    {
        ModelWriter.Write(TestModels.Definition(), _scratch["m.latch"]);
        _scratch.Write("data.csv", TestModels.Csv(500));
        Configure(rate, loop, more, "m.latch", allow: true);
    }

    private void Configure(double rate, bool loop, string more, string model, bool allow) => _scratch.Write("agent.json", $$"""
        {
          {{more}}
          "model": "{{model}}",
          "trust": { "allowUnsigned": {{(allow ? "true" : "false")}} },
          "source": { "kind": "csv", "file": "data.csv", "loop": {{(loop ? "true" : "false")}} },
          "rate": {{rate}},
          "state": { "file": "state.bin", "everySeconds": 0.2 },
          "status": "status.json",
          "live": "live.sock",
        }
        """);
}
