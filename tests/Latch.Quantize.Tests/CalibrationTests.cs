using Latch.Model;
using Latch.Quantize.Calibration;

namespace Latch.Quantize.Tests;

public sealed class CalibrationTests
{
    [Fact]
    public void MinMax_Values_AreTheEnds() => Assert.Equal(new ValueRange(-3, 7), Observe(CalibrationMethod.MinMax, [1, -3, 7, 2]));

    [Fact]
    public void MovingAverage_OneOutlier_HardlyMovesTheRange()
    {
        IObserver observer = Observer.Create(CalibrationMethod.MovingAverage, 255);
        for (int run = 0; run < 100; run++)
            observer.Add(run == 50 ? [-1, 100] : [-1, 1]);
        // 0.05 of 99 at run 50, and 0.95^49 of that is left.
        Assert.Equal(1 + 99 * 0.05 * Math.Pow(0.95, 49), observer.Range.Max, 1e-6);
        Assert.Equal(-1, observer.Range.Min, 1e-6);
    }

    [Fact]
    public void Percentile_UniformValues_CutsHalfTheShareFromEachEnd()
    {
        float[] values = [.. Enumerable.Range(0, 100_001).Select(static i => i / 100_000f)];
        ValueRange range = Observe(CalibrationMethod.Percentile, values);
        Assert.InRange(range.Min, 0, 0.0015);
        Assert.InRange(range.Max, 0.9985, 1);
    }

    [Theory]
    [InlineData(CalibrationMethod.SquaredError)]
    [InlineData(CalibrationMethod.Entropy)]
    [InlineData(CalibrationMethod.Percentile)]
    public void Observer_RareOutlier_IsClipped(CalibrationMethod method)
    {
        var random = new Random(1);
        float[] values = [.. Enumerable.Range(0, 200_000).Select(_ => (float)(random.NextDouble() - 0.5)), 1.2f];
        ValueRange range = Observe(method, values);
        Assert.InRange(range.Max, 0.4, 1.1);
    }

    [Fact]
    public void SquaredError_UniformValues_KeepsThemAll()
    {
        float[] values = [.. Enumerable.Range(0, 100_000).Select(static i => i / 50_000f - 1)];
        ValueRange range = Observe(CalibrationMethod.SquaredError, values);
        Assert.InRange(range.Max, 0.98, 1);
    }

    [Fact]
    public void Histogram_GrowingRange_KeepsEveryCount()
    {
        var histogram = new Histogram();
        for (int i = 1; i <= 1000; i++)
            histogram.Add([(float)(Math.Pow(1.02, i) * (i % 2 == 0 ? 1 : -1))]);
        long total = 0;
        for (int bin = 0; bin < Histogram.Bins; bin++)
            total += histogram.Counts[bin];
        Assert.Equal(1000, total);
        Assert.Equal((float)Math.Pow(1.02, 1000), histogram.Max);
    }

    [Fact]
    public void ToQuantization_Int8_CoversTheRangeAndHoldsZeroExactly()
    {
        Quantization codes = new ValueRange(-1.3, 4.1).ToQuantization(ElementType.Int8);
        Assert.InRange(codes.Scale * (codes.MaxCode - codes.ZeroPoint), 4.1 - codes.Scale, 4.1 + codes.Scale);
        Assert.InRange(codes.Scale * (codes.MinCode - codes.ZeroPoint), -1.3 - codes.Scale, -1.3 + codes.Scale);
        Assert.Equal(codes.Scale, double.Parse(codes.Scale.ToString("G7", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void ToQuantization_PositiveRange_StartsAtZero()
    {
        Quantization codes = new ValueRange(2, 5).ToQuantization(ElementType.Int8);
        Assert.Equal(-128, codes.ZeroPoint);
        Assert.Equal(5.0 / 255, codes.Scale, 1e-7);
    }

    [Theory]
    [InlineData(0.75)]
    [InlineData(1e-9)]
    [InlineData(123456.789)]
    public void MultiplierFactory_Ratio_IsKeptTo31Bits(double ratio)
    {
        Rescale rescale = MultiplierFactory.Create(ratio, "node");
        Assert.Equal(ratio, Math.ScaleB(rescale.Multiplier, -rescale.Shift), ratio * Math.ScaleB(1, -29));
    }

    [Fact]
    public void MultiplierFactory_RatioBeyondFixedPoint_NamesTheNode() =>
        Assert.Contains("'node'", Assert.Throws<QuantizeException>(() => MultiplierFactory.Create(1e12, "node")).Message, StringComparison.Ordinal);

    private static ValueRange Observe(CalibrationMethod method, float[] values)
    {
        IObserver observer = Observer.Create(method, 255);
        observer.Add(values);
        return observer.Range;
    }
}
