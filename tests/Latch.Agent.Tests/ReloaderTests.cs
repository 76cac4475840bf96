using System.Net.Sockets;
using Latch.Agent.Configuration;
using Latch.Agent.Loop;
using Latch.Agent.Service;
using Latch.Model;

namespace Latch.Agent.Tests;

public sealed class ReloaderTests : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly LoopFixture _loop = new(TestModels.Load(), rate: 10);
    private readonly Socket _systemd;
    private readonly ServiceManager _service;
    private readonly Outputs _outputs;
    private readonly AgentMeters _meters;
    private int _offBoards;

    public ReloaderTests()
    {
        _systemd = ServiceManagerTests.Listen(_scratch["notify"]);
        _service = new ServiceManager(_scratch["notify"], null, null);
        _outputs = new Outputs([], _loop.Log);
        _meters = new AgentMeters(_loop.Counters, _loop.Faults, static () => null);
    }

    [Fact]
    public void Reload_ModelOfAnotherSampleRate_IsRefusedAndSaysThatARestartIsNeeded()
    {
        using Reloader reloader = Reloader("");
        Write(TestModels.Definition(9) with { SampleRateHz = 20 });
        reloader.Ask();
        Assert.Equal("RELOADING=1", ServiceManagerTests.Receive(_systemd).Split('\n')[0]);
        Assert.Contains("needs a restart: 20 Hz in place of 10 Hz", ServiceManagerTests.Receive(_systemd), StringComparison.Ordinal);
        Assert.StartsWith("refused, goes on as before: small-9", reloader.Last, StringComparison.Ordinal);
        Assert.Equal((true, "small-4"), (_loop.Loop.IsApplied, _loop.Loop.Model.Loaded.Name));
    }

    [Fact]
    public void Reload_ModelOfAnotherSampleRateAndARateIsGiven_IsTaken()
    {
        using Reloader reloader = Reloader("\"rate\": 10,");
        Write(TestModels.Definition(9) with { SampleRateHz = 20 });
        reloader.Ask();
        Assert.True(SpinWait.SpinUntil(() => !_loop.Loop.IsApplied, 20_000));
        RunningModel before = _loop.Loop.Model;
        _loop.Step(TestModels.Sample(0));
        ServiceManagerTests.Receive(_systemd);
        Assert.Contains("small-9", ServiceManagerTests.Receive(_systemd), StringComparison.Ordinal);
        Assert.Equal(("small-9", 1), (_loop.Loop.Model.Loaded.Name, _offBoards));
        Assert.Throws<ObjectDisposedException>(() => before.Loaded.Model.CreateSession());
    }

    [Fact]
    public void Stop_ReloadWaitsForTheLoop_IsGivenUpAndNobodyIsToldThatTheAgentIsReady()
    {
        Reloader reloader = Reloader("");
        Write(TestModels.Definition(9));
        reloader.Ask();
        Assert.True(SpinWait.SpinUntil(() => !_loop.Loop.IsApplied, 20_000));
        reloader.Stop();
        _service.Stopping();
        reloader.Dispose();
        Assert.Equal("given up, the agent stops", reloader.Last);
        Assert.Equal(0, _offBoards);
        Assert.StartsWith("RELOADING=1", ServiceManagerTests.Receive(_systemd), StringComparison.Ordinal);
        Assert.Equal("STOPPING=1", ServiceManagerTests.Receive(_systemd));
        Assert.Equal(0, _systemd.Available);
    }

    public void Dispose()
    {
        _meters.Dispose();
        _outputs.Dispose();
        _service.Dispose();
        _systemd.Dispose();
        _loop.Dispose();
        _scratch.Dispose();
    }

    private void Write(ModelDefinition definition) => ModelWriter.Write(definition, _scratch["m.latch"]);

    private Reloader Reloader(string more)
    {
        AgentConfiguration configuration = TestModels.Configuration($$"""{ {{more}} "model": "m.latch", "trust": {"allowUnsigned": true}, "source": {"kind": "stdin"} }""", _scratch.Folder);
        AgentObserver observer = new(_loop.Counters, _loop.Faults, _meters, _outputs, _service, _loop.Log, 0.8);
        SensorReader reader = new(static () => throw new InvalidOperationException(), _loop.Mailbox, false, TimeSpan.FromSeconds(1));
        return new Reloader(_loop.Loop, configuration, () => configuration, (loaded, _) => _loop.Watch(loaded, configuration), (current, loaded) =>
        {
            _offBoards++;
            return new OffBoard(current, loaded, 10, _loop.Log);
        }, _loop.Mailbox, reader, observer, _service, _loop.Log);
    }
}
