using System.Collections.Concurrent;
using Latch.Sensors.Outputs;

namespace Latch.Agent.Tests;

/// <summary>An output that keeps what it was set to, opened as often as somebody asks for it.</summary>
internal sealed class FakeOutput : IAlarmOutput
{
    private int _opened;
    private int _closed;

    public BlockingCollection<AlarmLevel> Levels { get; } = [];

    public int Opened => Volatile.Read(ref _opened);

    public int Closed => Volatile.Read(ref _closed);

    /// <summary>What the next call throws; null for nothing.</summary>
    public volatile Exception? Failure;

    public IAlarmOutput Open()
    {
        Interlocked.Increment(ref _opened);
        return this;
    }

    public void Set(AlarmLevel level)
    {
        if (Interlocked.Exchange(ref Failure, null) is { } failure)
            throw failure;
        Levels.Add(level);
    }

    /// <summary>Waits until it is set to a level.</summary>
    public void Expect(AlarmLevel level)
    {
        while (true)
        {
            Assert.True(Levels.TryTake(out AlarmLevel set, 20_000), $"was never set to {level}");
            if (set == level)
                return;
        }
    }

    public void Dispose() => Interlocked.Increment(ref _closed);
}
