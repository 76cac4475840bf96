using Latch.Model;

namespace Latch.Telemetry.Tests.Statistics;

public sealed class GateFigureTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(1000)]
    public void Values_ConstantGate_AreThatValueExactly(int steps)
    {
        int value = 5_000_011;
        Fed fed = new Fed(CellKind.Lstm, 5).Gate(0, value).Gate(3, -value);
        fed.Add(steps);
        double real = value / 16777216.0;
        foreach ((GateValues values, double expected) in fed.Snapshot().Gates[0].Units.Select(unit => (unit, real)).Concat(fed.Snapshot().Gates[3].Units.Select(unit => (unit, -real))))
        {
            Assert.Equal((steps, expected, 0.0, expected, expected), (values.Count, values.Mean, values.Deviation, values.Least, values.Greatest));
            Assert.Equal(expected, values.Quantile(0.5));
            Assert.Equal(expected, values.Quantile(0));
        }
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(997, 3)]
    [InlineData(64, 64)]
    public void Values_TwoValuedGate_HaveTheMomentsOfItsShares(int low, int high)
    {
        int below = (int)(0.05 * Fed.One), above = (int)(0.95 * Fed.One);
        Fed fed = new(CellKind.Gru, 3);
        fed.Gate(1, below).Add(low);
        fed.Gate(1, above).Add(high);
        double share = (double)high / (low + high), distance = (above - below) / 16777216.0;
        Assert.All(fed.Snapshot().Gates[1].Units.Append(fed.Snapshot().Gates[1].All), values =>
        {
            Assert.Equal((below / 16777216.0) + (share * distance), values.Mean, 1e-7);
            Assert.Equal(distance * Math.Sqrt(share * (1 - share)), values.Deviation, 2e-6);
            Assert.Equal((1 - share, share), (values.Below, values.Above));
            Assert.Equal((below / 16777216.0, above / 16777216.0), (values.Least, values.Greatest));
            Assert.InRange(values.Quantile(0.01), 0.05 - (1.0 / 128), 0.05 + (1.0 / 128));
            Assert.InRange(values.Quantile(0.999), 0.95 - (1.0 / 128), 0.95 + (1.0 / 128));
        });
    }

    [Theory]
    [InlineData(0, 0.1, 0.9)]
    [InlineData(0, 0.25, 0.5)]
    [InlineData(3, 0.1, 0.9)]
    public void Saturation_ValuesAtTheLimits_AreNotCounted(int gate, double low, double high)
    {
        // A candidate lies in -1..1, so that a limit of 0.1 is -0.8 there.
        double At(double share) => Fed.One * (gate == 3 ? (2 * share) - 1 : share);
        int first = (int)Math.Ceiling(At(low)), last = (int)Math.Floor(At(high));
        Fed fed = new(CellKind.Lstm, 1, new StatisticsOptions { Low = low, High = high });
        fed.Gate(gate, first).Add(2);
        fed.Gate(gate, last).Add(2);
        Assert.Equal((0.0, 0.0), (fed.Snapshot().Gates[gate].All.Below, fed.Snapshot().Gates[gate].All.Above));
        fed.Gate(gate, first - 1).Add(3);
        fed.Gate(gate, last + 1).Add(1);
        Assert.Equal((3 / 8.0, 1 / 8.0), (fed.Snapshot().Gates[gate].All.Below, fed.Snapshot().Gates[gate].All.Above));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 2)]
    [InlineData(0, 3)]
    [InlineData(3, 4)]
    [InlineData(3, 5)]
    public void Quantile_RandomValues_IsWithinHalfABin(int gate, int seed)
    {
        const int Units = 19, Steps = 700;
        var random = new Random(seed);
        double range = gate == 3 ? 2 : 1;
        List<double>[] series = [.. Enumerable.Range(0, Units).Select(_ => new List<double>())];
        Fed fed = new(CellKind.Lstm, Units);
        for (int step = 0; step < Steps; step++)
        {
            for (int unit = 0; unit < Units; unit++)
            {
                // Narrow, wide, two-humped, at the edges of bins and at both ends.
                double value = (unit % 5) switch
                {
                    0 => random.NextDouble(),
                    1 => 0.3 + (0.01 * random.NextDouble()),
                    2 => random.Next(2) == 0 ? 0.05 * random.NextDouble() : 1 - (0.05 * random.NextDouble()),
                    3 => random.Next(65) / 64.0,
                    _ => random.Next(2),
                };
                int code = (int)Math.Round(Fed.One * (gate == 3 ? (2 * value) - 1 : value));
                fed.Gate(gate)[unit] = code;
                series[unit].Add(code / 16777216.0);
            }
            fed.Add();
        }
        GateSummary summary = fed.Snapshot().Gates[gate];
        foreach (double share in (double[])[0, 0.01, 0.1, 0.25, 0.5, 0.9, 0.99, 1])
        {
            for (int unit = 0; unit < Units; unit++)
                Assert.InRange(summary.Units[unit].Quantile(share) - Batch.Quantile(series[unit], share), -range / 128, range / 128);
            Assert.InRange(summary.All.Quantile(share) - Batch.Quantile(series.SelectMany(values => values), share), -range / 128, range / 128);
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => summary.All.Quantile(1.01));
    }

    [Fact]
    public void Counters_FullOverAndOver_KeepTheirShares()
    {
        // 32-bit counters that may hold 1000 values are emptied a hundred times.
        Fed fed = new(CellKind.Rnn, 2, mostCounted: 1000);
        for (int i = 0; i < 20_000; i++)
        {
            fed.Gate(0, -Fed.One).Add();
            fed.Gate(0, Fed.One / 3).Add(3);
            fed.Gate(0, Fed.One).Add();
        }
        GateValues values = fed.Snapshot().Gates[0].Units[1];
        Assert.Equal((100_000, 0.2, 0.2), (values.Count, values.Below, values.Above));
        Assert.InRange(values.Bins.Sum(), 400, 1000);
        Assert.InRange((double)values.Bins[0] / values.Bins.Sum(), 0.19, 0.21);
        Assert.InRange((double)values.Bins[63] / values.Bins.Sum(), 0.19, 0.21);
        Assert.InRange(values.Quantile(0.5), (1 / 3.0) - (1 / 64.0), (1 / 3.0) + (1 / 64.0));
    }

    [Fact]
    public void Values_TenMillionSteps_StayExactInTheSameMemory()
    {
        const int Steps = 10_000_000;
        Fed fed = new(CellKind.Lstm, 3);
        fed.Gate(0)[1] = Fed.One;
        fed.Gate(2, Fed.One - 1);
        fed.Add();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int step = 1; step < Steps; step++)
        {
            // One gate alternates in four steps; c climbs one unit a step.
            fed.Gate(0)[2] = step % 4 == 0 ? 0 : Fed.One / 2;
            fed.Cell[0] = step;
            fed.Add();
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        LayerSnapshot layer = fed.Snapshot();
        IReadOnlyList<GateValues> units = layer.Gates[0].Units;
        Assert.Equal((Steps, 1.0, 0.0, 0.0, 1.0), (units[1].Count, units[1].Mean, units[1].Deviation, units[1].Below, units[1].Above));
        Assert.Equal(0.375, units[2].Mean, 1e-12);
        Assert.Equal(0.5 * Math.Sqrt(0.75 * 0.25), units[2].Deviation, 1e-9);
        Assert.Equal(0.25, units[2].Below);
        Assert.Equal([Steps / 4, Steps * 3 / 4], [units[2].Bins[0], units[2].Bins[32]]);
        Assert.Equal(1 / 16777216.0, layer.CellSlope[0], 1e-16);
        Assert.Equal(1 / 16777216.0, layer.RecentCellSlope[0], 1e-16);
        Assert.Equal([0, 0], layer.CellSlope.Skip(1));
        Assert.Equal(-1 / double.LogP1(-Math.ScaleB(1, -24)), layer.Memory!.Value.EFoldSteps, 1e-6 * Fed.One);
    }
}
