using Latch.Agent.Loop;

namespace Latch.Agent.Tests;

public sealed class StepGridTests
{
    private static readonly Func<bool> s_goOn = static () => true;

    [Fact]
    public void WaitForNext_MillionPointsAtThreeHertz_GridDoesNotMove()
    {
        ManualClock clock = new();
        long start = clock.Now;
        StepGrid grid = new(clock, 3);
        for (int point = 0; point < 1_000_000; point++)
        {
            Assert.True(grid.WaitForNext(s_goOn));
            clock.Now += 1000; // a step takes a microsecond
        }

        // The last point is number 999,999: 333,333 seconds exactly.
        Assert.InRange(clock.Now - 1000 - start, 333_333_000_000_000 - 100, 333_333_000_000_000 + 100);
        Assert.Equal(0, grid.Missed);
        Assert.InRange(grid.Jitter.Max, 0, 100);
    }

    [Fact]
    public void WaitForNext_SleeperWakesLate_LatenessIsJitterAndDoesNotAddUp()
    {
        ManualClock clock = new() { Late = 70_000 };
        long start = clock.Now;
        StepGrid grid = new(clock, 100);
        for (int point = 0; point < 1000; point++)
            grid.WaitForNext(s_goOn);
        Assert.Equal(start + (999L * 10_000_000) + 70_000, clock.Now);
        Assert.Equal(70_000, grid.Jitter.Max);
        Assert.InRange(grid.Jitter.Percentile(0.5), 70_000, 70_000 + (70_000 / 16));
        Assert.Equal(0, grid.Missed);
    }

    [Fact]
    public void WaitForNext_StepLastsThreeAndAHalfPeriods_TwoPointsAreMissed()
    {
        ManualClock clock = new();
        long start = clock.Now;
        StepGrid grid = new(clock, 10);
        grid.WaitForNext(s_goOn);
        clock.Now += 350_000_000;
        grid.WaitForNext(s_goOn); // point 3, half a period late; 1 and 2 are missed
        Assert.Equal(2, grid.Missed);
        Assert.Equal(50_000_000, grid.LastJitter);
        grid.WaitForNext(s_goOn);
        Assert.Equal(start + 400_000_000, clock.Now);
        Assert.Equal(2, grid.Missed);
    }

    [Fact]
    public void WaitForNext_ToldToStopWhileItSleeps_EndsTheSleep()
    {
        ManualClock clock = new();
        long start = clock.Now;
        StepGrid grid = new(clock, 0.01);
        grid.WaitForNext(s_goOn);
        int looks = 0;
        Assert.False(grid.WaitForNext(() => ++looks < 5));
        Assert.InRange(clock.Now - start, 1, 1_000_000_000);
    }
}
