using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Latch.Agent.Configuration;
using Latch.Agent.Loop;
using Latch.Agent.Service;
using Latch.Mqtt.Tests;
using Latch.Sensors.Outputs;

namespace Latch.Agent.Tests;

public sealed class AgentObserverTests : IDisposable
{
    private readonly FakeOutput _output = new();
    private readonly Log _log = new(new StringWriter());
    private readonly ServiceManager _service = new(null, null, null);
    private readonly Outputs _outputs;
    private AgentMeters? _meters;
    private AgentObserver? _observer;

    public AgentObserverTests() => _outputs = new Outputs([_output.Open], _log);

    [Fact]
    public void OnPoint_ScoreAlarmAndFault_GiveTheLevelOfTheOutputs()
    {
        using LoopFixture loop = new(TestModels.Load());
        AgentObserver observer = Observe(loop);
        void Expect(AlarmLevel level)
        {
            observer.OnPoint(loop.Model, 0);
            Assert.Equal(level, _outputs.Level);
            _output.Expect(level);
        }

        _output.Expect(AlarmLevel.Normal);
        loop.Counters.Take(3.9, 5, true, alarm: false, began: false, 0);
        observer.OnPoint(loop.Model, 0);
        Assert.Equal(AlarmLevel.Normal, _outputs.Level);
        loop.Counters.Take(4, 5, true, alarm: false, began: false, 0); // 0.8 of the threshold
        Expect(AlarmLevel.Warning);
        loop.Counters.Take(6, 5, true, alarm: true, began: true, 0);
        Expect(AlarmLevel.Alarm);
        loop.Counters.Take(4, 5, true, alarm: false, began: false, 0);
        loop.Faults.Take(1 << (int)FaultKind.Stuck);
        Expect(AlarmLevel.Fault);
        loop.Counters.Take(6, 5, true, alarm: true, began: true, 0); // goes before a fault
        Expect(AlarmLevel.Alarm);
        loop.Counters.Unscored();
        Expect(AlarmLevel.Fault);
        loop.Faults.Take(0);
        Expect(AlarmLevel.Normal);
    }

    [Fact]
    public void OnPoint_AlarmThenFault_ArePublishedOnceWithTheirReason()
    {
        using Broker broker = Broker.Open();
        using Watcher watcher = broker.Watch("latch/pump-7/alarms");
        using LoopFixture loop = new(TestModels.Load(profile: true), rate: 10, observer: Observe);
        _observer!.WarningShare = 2; // no warnings
        AgentConfiguration configuration = TestModels.Configuration($$"""
            {
              "device": "pump-7", "model": "m", "source": {"kind": "stdin"},
              "telemetry": {"mqtt": {
                "host": "localhost", "port": {{broker.Port}}, "user": "board", "passwordFile": "{{broker.PasswordFile}}", "tls": {"caFile": "{{broker.Authority.CaFile}}"}
              } }
            }
            """);
        loop.Model.OffBoard = new OffBoard(configuration, loop.Model.Loaded, 10, _log);
        for (int step = 0; step < 400; step++)
        {
            float[] sample = TestModels.Sample(step);
            if (step is >= 200 and < 210)
                sample[1] = 6;
            loop.Step(sample);
        }

        Assert.Equal((1, false), (loop.Counters.Alarms, loop.Counters.IsAlarm));
        loop.Mailbox.Fail("unplugged");
        loop.Loop.TakeStep();
        loop.Loop.TakeStep();
        Seen[] alarms = watcher.Expect("latch/pump-7/alarms", 3);
        Assert.Equal(
            [("alarm", "normal", "b", "jump"), ("normal", "alarm", null, null), ("fault", "normal", null, "deviceGone")],
            alarms.Select(static alarm => (Text(alarm, "level"), Text(alarm, "previous"), Text(alarm, "channel"), Text(alarm, "reason"))));
        JsonElement first = alarms[0].Json;
        Assert.InRange(first.GetProperty("step").GetInt64(), 200, 209);
        Assert.True(first.GetProperty("score").GetDouble() >= first.GetProperty("threshold").GetDouble());
    }

    [Fact]
    public void Meter_FaultIsPresent_IsOneForItsKind()
    {
        using LoopFixture loop = new(TestModels.Load());
        _meters = new AgentMeters(loop.Counters, loop.Faults, static () => null);
        // Other tests have meters of the same name: this one's is the only one with a fault.
        ConcurrentDictionary<Instrument, ConcurrentDictionary<string, int>> seen = new();
        using MeterListener listener = new() { InstrumentPublished = static (instrument, listener) => Listen(instrument, listener) };
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => seen.GetOrAdd(instrument, static _ => new())[(string)tags[0].Value!] = value);
        listener.Start();
        loop.Faults.Take((1 << (int)FaultKind.Missing) | (1 << (int)FaultKind.Stuck));
        listener.RecordObservableInstruments();
        ConcurrentDictionary<string, int> gauge = Assert.Single(seen.Values, static kinds => kinds.Values.Any(static value => value != 0));
        Assert.Equal([("deviceGone", 0), ("missing", 1), ("outOfRange", 0), ("stuck", 1), ("timeout", 0)], gauge.OrderBy(static kind => kind.Key).Select(static kind => (kind.Key, kind.Value)));
        loop.Faults.Take(0);
        listener.RecordObservableInstruments();
        Assert.All(gauge.Values, static value => Assert.Equal(0, value));
    }

    public void Dispose()
    {
        _outputs.Dispose();
        _meters?.Dispose();
        _service.Dispose();
        _log.Dispose();
    }

    private static void Listen(Instrument instrument, MeterListener listener)
    {
        if (instrument.Name == "latch.agent.fault")
            listener.EnableMeasurementEvents(instrument);
    }

    private static string? Text(Seen message, string name) => message.Json.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    private AgentObserver Observe(LoopFixture loop)
    {
        _meters = new AgentMeters(loop.Counters, loop.Faults, static () => null);
        return _observer = new AgentObserver(loop.Counters, loop.Faults, _meters, _outputs, _service, _log, 0.8);
    }
}
