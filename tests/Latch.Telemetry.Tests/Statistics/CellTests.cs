using Latch.Model;

namespace Latch.Telemetry.Tests.Statistics;

public sealed class CellTests
{
    [Theory]
    [InlineData(3, 2)]
    [InlineData(-70_000, 200)]
    [InlineData(1_000, 4_000)]
    public void Slope_Ramp_IsItsStep(int unitsPerStep, int steps)
    {
        Fed fed = new(CellKind.Lstm, 18);
        for (int step = 0; step < steps; step++)
        {
            fed.Cell.Fill(12_345 + (step * unitsPerStep));
            fed.Add();
        }
        LayerSnapshot layer = fed.Snapshot();
        double expected = unitsPerStep / 16777216.0;
        Assert.All(layer.CellSlope.Concat(layer.RecentCellSlope), slope => Assert.Equal(expected, slope, 1e-14));
        Assert.All(layer.CellDrift, drift => Assert.Equal(expected * steps / fed.Definition.CellRange, drift, 1e-10));
    }

    [Fact]
    public void Slope_OneStep_IsNone()
    {
        Fed fed = new(CellKind.Lstm, 1);
        fed.Cell[0] = 7;
        fed.Add();
        Assert.Equal(0, fed.Snapshot().CellSlope[0]);
    }

    [Fact]
    public void Slope_FromEndToEndOfTheFormat_IsExact()
    {
        Fed fed = new(CellKind.Lstm, 1);
        List<double> series = [];
        for (int step = 0; step < 90; step++)
        {
            fed.Cell[0] = step % 3 == 0 ? int.MaxValue : -int.MaxValue;
            series.Add(fed.Cell[0] / 16777216.0);
            fed.Add();
        }
        Assert.Equal(Batch.Slope(series), fed.Snapshot().CellSlope[0], 1e-11);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(256)]
    public void Slope_GeometricDecay_IsThatOfTheSeriesAndOfItsEnd(int window)
    {
        Fed fed = new(CellKind.Lstm, 2, new StatisticsOptions { Window = window });
        List<double> series = [];
        for (int step = 0; step < 1000; step++)
        {
            fed.Cell[1] = (int)(3 * Fed.One * Math.Pow(0.995, step));
            series.Add(fed.Cell[1] / 16777216.0);
            fed.Add();
        }
        LayerSnapshot layer = fed.Snapshot();
        Assert.Equal(Batch.Slope(series), layer.CellSlope[1], 1e-12);
        // Half windows begin at multiples of half the window: the last whole one, and what follows it.
        int half = window / 2, begin = ((1000 / half) - 1) * half;
        Assert.Equal(Batch.Slope(series[begin..]), layer.RecentCellSlope[1], 1e-12);
        Assert.Equal(0, layer.CellSlope[0]);
    }

    [Fact]
    public void RecentSlope_AfterATurn_IsTheNewOne()
    {
        Fed fed = new(CellKind.Lstm, 1);
        for (int step = 0; step < 2000; step++)
        {
            fed.Cell[0] = step < 1000 ? step * 100 : 100_000 - ((step - 1000) * 50);
            fed.Add();
        }
        LayerSnapshot layer = fed.Snapshot();
        Assert.Equal(-50 / 16777216.0, layer.RecentCellSlope[0], 1e-14);
        Assert.True(layer.CellSlope[0] > 0);
    }

    [Fact]
    public void Slope_SampledEveryTenth_IsPerStep()
    {
        Fed fed = new(CellKind.Lstm, 1, new StatisticsOptions { Every = 10 });
        for (int step = 0; step < 500; step++)
        {
            fed.Cell[0] = step * 1000;
            fed.Add();
        }
        LayerSnapshot layer = fed.Snapshot();
        Assert.Equal(100 / 16777216.0, layer.CellSlope[0], 1e-14);
        Assert.Equal(100 / 16777216.0, layer.RecentCellSlope[0], 1e-14);
        Assert.Equal(100 / 16777216.0 * 5000 / fed.Definition.CellRange, layer.CellDrift[0], 1e-10);
    }

    [Fact]
    public void Slope_SnapshotsInBetween_ChangeNothing()
    {
        Fed plain = new(CellKind.Lstm, 40), disturbed = new(CellKind.Lstm, 40);
        var random = new Random(5);
        for (int step = 0; step < 777; step++)
        {
            for (int unit = 0; unit < 40; unit++)
            {
                plain.Cell[unit] = disturbed.Cell[unit] = random.Next(-Fed.One, Fed.One);
                plain.Gate(2)[unit] = disturbed.Gate(2)[unit] = random.Next(Fed.One);
            }
            plain.Add();
            disturbed.Add();
            if (random.Next(5) == 0)
                disturbed.Snapshot();
        }
        LayerSnapshot first = plain.Snapshot(), second = disturbed.Snapshot();
        for (int unit = 0; unit < 40; unit++)
        {
            Assert.Equal(first.CellSlope[unit], second.CellSlope[unit], 1e-14);
            Assert.Equal(first.RecentCellSlope[unit], second.RecentCellSlope[unit], 1e-14);
            Assert.Equal(first.Gates[2].Units[unit].Mean, second.Gates[2].Units[unit].Mean, 1e-7);
            Assert.Equal(first.Gates[2].Units[unit].Bins, second.Gates[2].Units[unit].Bins);
            Assert.Equal(1, first.UnitMemory[unit].EFoldSteps / second.UnitMemory[unit].EFoldSteps, 1e-12);
        }
    }
}
