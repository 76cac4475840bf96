using System.Net.Sockets;
using Latch.Agent.Loop;
using Latch.Agent.Service;

namespace Latch.Agent.Tests;

/// <summary>Signs of life come from the loop alone: as long as it does not step, there is none, whatever the time of day.</summary>
public sealed class WatchdogTests : IDisposable
{
    // A quarter of what systemd waits.
    private const long Interval = 50_000_000;

    private readonly Scratch _scratch = new();
    private readonly Socket _systemd;
    private readonly ServiceManager _service;

    public WatchdogTests()
    {
        _systemd = ServiceManagerTests.Listen(_scratch["notify"]);
        _service = new ServiceManager(_scratch["notify"], "200000", null);
        Assert.Equal(Interval, _service.WatchdogInterval);
    }

    [Fact]
    public void Watchdog_LoopDoesNotStep_GetsNoSignOfLife()
    {
        using LoopFixture loop = new(TestModels.Load(), rate: 100, service: _service);
        loop.Step([1, 2, 3]);
        Assert.Equal("WATCHDOG=1", ServiceManagerTests.Receive(_systemd));
        for (int round = 0; round < 3; round++)
        {
            loop.Clock.Now += Interval;
            AssertSilence();
            loop.Step([1, 2, 3]);
            Assert.Equal("WATCHDOG=1", ServiceManagerTests.Receive(_systemd));
            AssertSilence();
        }
    }

    [Fact]
    public void Watchdog_StepHangs_GetsNoSignOfLifeUntilItIsDone()
    {
        using ManualResetEvent hangs = new(false), go = new(false);
        using LoopFixture loop = new(TestModels.Load(), rate: 100, service: _service, observer: _ => new Observer(() =>
        {
            hangs.Set();
            go.WaitOne();
        }));
        loop.Put([1, 2, 3]);
        Thread thread = new(() => loop.Loop.TakeStep());
        thread.Start();
        Assert.True(hangs.WaitOne(20_000));
        Assert.Equal("WATCHDOG=1", ServiceManagerTests.Receive(_systemd));
        loop.Clock.Now += 20 * Interval;
        AssertSilence();
        go.Set();
        thread.Join();
        AssertSilence();
        loop.Step([1, 2, 3]);
        Assert.Equal("WATCHDOG=1", ServiceManagerTests.Receive(_systemd));
    }

    public void Dispose()
    {
        _service.Dispose();
        _systemd.Dispose();
        _scratch.Dispose();
    }

    // Four intervals of real time: a timer would have sent something by then.
    private void AssertSilence() => Assert.False(_systemd.Poll(TimeSpan.FromMilliseconds(200), SelectMode.SelectRead));

    private sealed class Observer(Action onPoint) : IStepObserver
    {
        public void OnStep(RunningModel model, ReadOnlySpan<float> sample, DateTimeOffset time, double score, long nanoseconds)
        {
        }

        public void OnPoint(RunningModel model, long jitter) => onPoint();
    }
}
