using Latch.Sensors.Outputs;

namespace Latch.Mqtt.Tests;

/// <summary>What becomes of reports while there is no broker.</summary>
public sealed class OfflineTests
{
    private const int Steps = 300;

    [Fact]
    public void Report_BrokerStoppedAndStarted_AllArriveInOrder()
    {
        using Broker broker = Broker.Open();
        using (MqttPublisher publisher = new(broker.Options("queue"), Device.Pump))
        {
            Wait.Until(() => publisher.Status.Connected, "a connection");
            publisher.Report(Device.Step(0));
            Wait.Until(() => publisher.Status.Published >= 4, "the first sample");
            broker.Stop();
            for (int step = 1; step < Steps; step++)
                publisher.Report(Device.Step(step));
            publisher.ReportAlarm(Device.Alarm(Steps - 1));
            Wait.Until(() => publisher.Status.Queued == Steps, "all on disk");
            broker.Start();
            using Watcher watcher = broker.Watch("latch/#");
            AssertAll(watcher, first: 1);
            Wait.Until(() => publisher.Status.Queued == 0, "an empty queue");
            publisher.Report(Device.Step(Steps));
            Assert.Equal(Steps, watcher.Expect("latch/pump-7/samples", Steps)[^1].Json.GetProperty("step").GetInt64());
            Assert.Equal(0, publisher.Status.Dropped);
        }
    }

    [Fact]
    public void Report_ProgramRestartedWithoutBroker_AllArriveInOrder()
    {
        using Broker broker = Broker.Open();
        broker.Stop();
        for (int part = 0; part < 3; part++)
        {
            using MqttPublisher publisher = new(broker.Options("queue"), Device.Pump);
            for (int step = part * Steps / 3; step < (part + 1) * Steps / 3; step++)
                publisher.Report(Device.Step(step));
        }
        broker.Start();
        using Watcher watcher = broker.Watch("latch/#");
        using MqttPublisher last = new(broker.Options("queue"), Device.Pump);
        Assert.Equal(Steps, last.Status.Queued);
        AssertAll(watcher, first: 0);
    }

    [Fact]
    public void Report_NoBrokerNoFolder_DropsWhatMemoryDoesNotHold()
    {
        MqttPublisherOptions options = new() { Host = "127.0.0.1", Port = Broker.FreePort(), Tls = new MqttTls { Enabled = false }, EverySteps = 1, EverySeconds = 0, Queue = new MqttQueueOptions { Memory = 16 } };
        using MqttPublisher publisher = new(options, Device.Pump);
        for (int step = 0; step < 20; step++)
            publisher.Report(Device.Step(step));
        Assert.Equal(4, publisher.Status.Dropped);
    }

    [Fact]
    public void Report_NoBroker_AllocatesNothing()
    {
        MqttPublisherOptions options = new() { Host = "127.0.0.1", Port = Broker.FreePort(), Tls = new MqttTls { Enabled = false }, EverySteps = 1, EverySeconds = 0 };
        using MqttPublisher publisher = new(options, Device.Pump);
        float[] sample = [1, 2];
        long step = 0;
        Assert.Equal(0, AllocatedBytes.Of(10_000, () =>
        {
            publisher.Report(new StepReport { Time = Device.Start, Step = step, Sample = sample, Level = (AlarmLevel)(step++ % 2) });
            publisher.ReportAlarm(new AlarmReport(Device.Start, step, AlarmLevel.Alarm, AlarmLevel.Normal, 1, 1, 0, "residual"));
        }));
    }

    [Theory]
    [InlineData(10, 0, 0.1, 100, 10)] // every 10 steps
    [InlineData(0, 1, 0.1, 100, 10)] // every second, 10 steps a second
    [InlineData(0, 1, 1, 20, 20)] // every second, one step a second: each of them, also with jitter
    public void Report_Rate_SendsTheShareAsked(int everySteps, double everySeconds, double period, int steps, int expected)
    {
        Clock clock = new();
        Random random = new(1);
        MqttPublisherOptions options = new() { Host = "127.0.0.1", Port = Broker.FreePort(), Tls = new MqttTls { Enabled = false }, EverySteps = everySteps, EverySeconds = everySeconds, Queue = new MqttQueueOptions { Memory = 16 } };
        using MqttPublisher publisher = new(options, Device.Pump with { Rate = 1 / period }, clock);
        // Steps that found no room are counted: 16 fit.
        for (int fill = 0; fill < 17; fill++)
            publisher.Report(Device.Step(-100 + fill, (AlarmLevel)(fill % 2)));
        Assert.Equal(1, publisher.Status.Dropped);
        for (int step = 0; step < steps; step++)
        {
            clock.Seconds = 1000 + ((step + (random.NextDouble() * 0.4) - 0.2) * period);
            publisher.Report(Device.Step(step));
        }
        Assert.InRange(publisher.Status.Dropped - 1, expected, expected + 1);
    }

    private static void AssertAll(Watcher watcher, int first)
    {
        Seen[] samples = watcher.Expect("latch/pump-7/samples", Steps - first);
        Assert.Equal(Enumerable.Range(first, Steps - first), samples.Select(static seen => (int)seen.Json.GetProperty("step").GetInt64()));
        if (first > 0)
            Assert.Single(watcher.Expect("latch/pump-7/alarms"));
    }

    private sealed class Clock : TimeProvider
    {
        public double Seconds { get; set; }

        public override long TimestampFrequency => 1_000_000;

        public override long GetTimestamp() => (long)(Seconds * 1e6);
    }
}
