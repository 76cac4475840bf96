using Latch.Model;
using Latch.Runtime;
using Latch.Runtime.Tests.Reference;

namespace Latch.Telemetry.Tests.Statistics;

public sealed class SnapshotTests
{
    [Fact]
    public async Task Snapshot_WhileAnotherThreadSteps_IsOfWholeSteps()
    {
        // All gates of a unit have the same value in each step, h and c climb together: figures that differ would be of half a step.
        const int Steps = 200_000;
        Fed fed = new(CellKind.Lstm, 50);
        Task stepping = Task.Run(
            () =>
            {
                for (int step = 0; step < Steps; step++)
                {
                    for (int gate = 0; gate < 4; gate++)
                        fed.Gate(gate, step % 1000 * 16_000);
                    fed.Cell.Fill(step);
                    fed.Add();
                }
            },
            TestContext.Current.CancellationToken);
        long last = 0;
        int taken = 0;
        while (!stepping.IsCompleted || taken == 0)
        {
            LayerSnapshot layer = fed.Snapshot();
            taken++;
            Assert.True(layer.Steps >= last);
            last = layer.Steps;
            for (int unit = 0; unit < 50; unit++)
            {
                GateValues input = layer.Gates[0].Units[unit];
                Assert.True(input.Count >= layer.Steps);
                Assert.Equal(input.Count, input.Bins.Sum());
                Assert.Equal((input.Count, input.Mean, input.Deviation), (layer.Gates[1].Units[unit].Count, layer.Gates[1].Units[unit].Mean, layer.Gates[1].Units[unit].Deviation));
                Assert.Equal((input.Least, input.Greatest), (layer.Gates[2].Units[unit].Least, layer.Gates[2].Units[unit].Greatest));
                if (input.Count > 1)
                    Assert.Equal(1 / 16777216.0, layer.CellSlope[unit], 1e-12);
            }
        }
        await stepping;
        Assert.Equal(Steps, fed.Snapshot().Steps);
        Assert.All(fed.Snapshot().Gates[3].Units, unit => Assert.Equal(Steps, unit.Count));
    }

    [Fact]
    public void Clear_AfterSteps_LeavesNothing()
    {
        Fed used = new(CellKind.Lstm, 20), fresh = new(CellKind.Lstm, 20);
        used.Gate(0, Fed.One).Gate(2, Fed.One / 3);
        used.Cell.Fill(99);
        used.Hidden.Fill(1 << 22);
        used.Add(45);
        used.Statistics.Clear();
        LayerSnapshot empty = used.Snapshot();
        Assert.Equal(0, empty.Steps);
        Assert.Null(empty.Memory);
        Assert.Null(empty.WarmUpSteps);
        Assert.Empty(empty.DeadUnits);
        Assert.Empty(empty.Inputs);
        Assert.All(empty.Gates, gate => Assert.Equal((0L, 0.0, 0.0, 0.0, 0.0), (gate.All.Count, gate.All.Mean, gate.All.Deviation, gate.All.Quantile(0.5), gate.All.Below)));
        foreach (Fed fed in (Fed[])[used, fresh])
        {
            fed.Step = 3;
            fed.Gate(0, Fed.One / 8).Gate(2, Fed.One / 2);
            fed.Cell.Fill(5);
            fed.Hidden.Fill(0);
            fed.Add(40);
        }
        LayerSnapshot again = used.Snapshot(), expected = fresh.Snapshot();
        Assert.Equal(expected.Memory, again.Memory);
        Assert.Equal(expected.WarmUpSteps, again.WarmUpSteps);
        Assert.Equal(11, again.WarmUpSteps);
        Assert.Equal(expected.CellSlope, again.CellSlope);
        Assert.Equal(expected.DeadUnits.Select(unit => unit.HiddenCodes), again.DeadUnits.Select(unit => unit.HiddenCodes));
        Assert.Equal((0.125, 0.0, 0.125, 0.125), (again.Gates[0].All.Mean, again.Gates[0].All.Deviation, again.Gates[0].All.Least, again.Gates[0].All.Greatest));
        Assert.Equal(40, again.Gates[0].Units[19].Bins[8]);
    }

    [Theory]
    [InlineData(0.9, 0.1, 1, 256, 1.0, 0.001, "0 <= Low < High <= 1")]
    [InlineData(double.NaN, 0.9, 1, 256, 1.0, 0.001, "0 <= Low < High <= 1")]
    [InlineData(0.1, 1.5, 1, 256, 1.0, 0.001, "0 <= Low < High <= 1")]
    [InlineData(0.1, 0.9, 0, 256, 1.0, 0.001, "Every is 0")]
    [InlineData(0.1, 0.9, 1, 62, 1.0, 0.001, "Window is 62")]
    [InlineData(0.1, 0.9, 1, 257, 1.0, 0.001, "Window is 257")]
    [InlineData(0.1, 0.9, 1, 256, -1.0, 0.001, "DeadCodes is -1")]
    [InlineData(0.1, 0.9, 1, 256, 1.0, 2.0, "StuckRange is 2")]
    public void Options_OutOfRange_AreRefusedByName(double low, double high, int every, int window, double dead, double stuck, string expected)
    {
        using LatchModel model = Model(CellKind.Lstm, 4);
        StatisticsOptions options = new() { Low = low, High = high, Every = every, Window = window, DeadCodes = dead, StuckRange = stuck };
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => new GateStatistics(model, options)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 25)]
    [InlineData(10, 3)]
    [InlineData(24, 2)]
    public void Sample_EveryNth_WatchesThoseAndLeavesResultsAlone(int every, int watched)
    {
        using LatchModel model = Model(CellKind.Lstm, 4);
        GateStatistics statistics = new(model, new StatisticsOptions { Every = every });
        Session bare = model.CreateSession(), inner = model.CreateSession();
        SampledSession<StatisticsProbe> sampled = statistics.Sample(inner);
        float[] expected = new float[4], result = new float[4];
        for (int step = 0; step < 25; step++)
        {
            bare.Step([MathF.Sin(step)], expected);
            sampled.Step([MathF.Sin(step)], result);
            Assert.Equal(expected, result);
        }
        Assert.Equal(watched, statistics.Layers[0].Steps);
        inner.Reset();
        sampled.Step([0f], result);
        Assert.Equal(watched + 1, statistics.Layers[0].Steps);
        short[] codes = new short[4];
        for (int step = 0; step < every; step++)
            sampled.Step([(short)1], codes);
        Assert.Equal(watched + 2, statistics.Layers[0].Steps);
        Assert.Throws<ArgumentOutOfRangeException>(() => new SampledSession<StatisticsProbe>(bare, statistics.Probe, 0));
    }

    [Fact]
    public void Sample_TenThousandSteps_AllocatesNothing()
    {
        using LatchModel model = Model(CellKind.Gru, 37);
        SampledSession<StatisticsProbe> session = new GateStatistics(model, new StatisticsOptions { Every = 3 }).Sample(model.CreateSession());
        float[] sample = [0.5f], result = new float[37];
        Assert.Equal(0, AllocatedBytes.Of(10_000, () => session.Step(sample, result)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WarmUp_Windows_BeginsAnewInEach(bool reverse)
    {
        // f = 1/2: 11 steps of a window of 12; nothing is left over from the window before.
        FloatLayer source = new(new LayerOptions(CellKind.Lstm, 1, 4) { WeightRange = 0, Reverse = reverse }, new Random(0));
        using LatchModel model = LatchModel.Create(LayerQuantizer.Model(source, steps: 12));
        GateStatistics statistics = new(model);
        StatisticsProbe probe = statistics.Probe;
        Session session = model.CreateSession();
        for (int window = 0; window < 3; window++)
        {
            session.Run(new float[12], 12, new float[48], ref probe);
            Assert.Equal(11, statistics.Snapshot()[0].WarmUpSteps);
        }
        Assert.Equal(36, statistics.Layers[0].Steps);
    }

    private static LatchModel Model(CellKind kind, int units) =>
        LatchModel.Create(LayerQuantizer.Model(new FloatLayer(new LayerOptions(kind, 1, units), new Random(4))));
}
