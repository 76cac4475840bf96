using Latch.Agent.Loop;

namespace Latch.Agent.Tests;

public sealed class HistogramTests
{
    [Theory]
    [InlineData(0.5)]
    [InlineData(0.99)]
    [InlineData(1.0)]
    public void Percentile_RandomTimes_IsAtMostASixteenthAboveTheSortedOne(double share)
    {
        Random random = new(3);
        Histogram histogram = new();
        long[] values = [.. Enumerable.Range(0, 10_000).Select(_ => (long)Math.Exp(random.NextDouble() * 25))];
        foreach (long value in values)
            histogram.Add(value);
        Array.Sort(values);
        long exact = values[(int)Math.Ceiling(share * values.Length) - 1];
        Assert.InRange(histogram.Percentile(share), exact, exact + (exact / 16));
        Assert.Equal(values[^1], histogram.Max);
        Assert.Equal(values.Length, histogram.Count);
    }

    [Fact]
    public void Percentile_SmallTimes_IsExact()
    {
        Histogram histogram = new();
        for (int value = 0; value < 16; value++)
            histogram.Add(value);
        Assert.Equal(7, histogram.Percentile(0.5));
        Assert.Equal(15, histogram.Percentile(1));
    }

    [Fact]
    public void Add_ExtremeTimes_AreCounted()
    {
        Histogram histogram = new();
        histogram.Add(long.MaxValue);
        histogram.Add(-5);
        Assert.Equal(0, histogram.Percentile(0.5));
        Assert.Equal(long.MaxValue, histogram.Percentile(1));
    }

    [Theory]
    [InlineData(59, 1, 1_000, 1_063)]
    [InlineData(58, 2, 1_000_000_000, 1_000_000_000)]
    [InlineData(1, 1, 1_000, 1_063)]
    [InlineData(0, 1, 1_000_000_000, 1_000_000_000)]
    public void Percentile_FewerThanAHundredTimes_OneOfThemDoesNotDecide(int fast, int slow, long least, long most)
    {
        Histogram histogram = new();
        for (int value = 0; value < fast; value++)
            histogram.Add(1_000);
        for (int value = 0; value < slow; value++)
            histogram.Add(1_000_000_000);
        Assert.InRange(histogram.Percentile(0.99), least, most);
    }

    [Fact]
    public void Percentile_NothingAdded_IsZero() => Assert.Equal(0, new Histogram().Percentile(0.99));
}
