using System.Diagnostics;

namespace Latch.Sensors.Tests;

public sealed class SourceDecoratorTests
{
    [Fact]
    public void SelectedSource_TwoNames_GivesThemInThatOrder()
    {
        using SelectedSource source = new(new CountingSource(1), ["c", "a"]);
        float[] sample = new float[2];
        Assert.True(source.TryRead(sample, out _));
        Assert.Equal([100f, 1f], sample);
        Assert.Equal(["c", "a"], source.Channels.Select(channel => channel.Name));
        Assert.False(source.TryRead(sample, out _));
    }

    [Fact]
    public void SelectedSource_UnknownName_NamesMissingAndPresent()
    {
        string message = Assert.Throws<ArgumentException>(() => new SelectedSource(new CountingSource(1), ["a", "z"])).Message;
        Assert.Contains("no channel z", message, StringComparison.Ordinal);
        Assert.Contains("a, b, c", message, StringComparison.Ordinal);
    }

    [Fact]
    public void PacedSource_ThreeSamplesAtOneHertz_WaitsForEach()
    {
        using CancellationTokenSource end = new();
        using PacedSource source = new(new CountingSource(2), end.Token);
        float[] sample = new float[3];
        long start = Stopwatch.GetTimestamp();
        Assert.True(source.TryRead(sample, out _));
        Assert.True(source.TryRead(sample, out _));
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 1.98, 4);
    }

    [Fact]
    public void PacedSource_Cancelled_EndsTheSeriesAtOnce()
    {
        using CancellationTokenSource end = new();
        using PacedSource source = new(new CountingSource(5), end.Token);
        end.CancelAfter(50);
        long start = Stopwatch.GetTimestamp();
        Assert.False(source.TryRead(new float[3], out _));
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 0.9);
    }

    [Fact]
    public void PacedSource_WokenAlmostAPeriodLate_LeavesOutTheSampleThatIsDueAtOnce()
    {
        // Seconds the clock shows at the start, and for each read when it is called and when the wait is over.
        ScriptedClock clock = new(0, 0, 1.98, 1.99, 3);
        using PacedSource source = new(new CountingSource(2), CancellationToken.None, clock);
        float[] sample = new float[3];
        Assert.True(source.TryRead(sample, out _));
        long start = Stopwatch.GetTimestamp();
        Assert.True(source.TryRead(sample, out _));
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0.9, 3); // waits for 3 s, not for 2 s
    }

    private sealed class ScriptedClock(params double[] seconds) : TimeProvider
    {
        private int _next;

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => (long)(1000 * seconds[_next++]);
    }
}
