using Latch.Model;
using Latch.Runtime;
using Latch.Runtime.Tests.Reference;

namespace Latch.Telemetry.Tests.Statistics;

/// <summary>The streaming figures against figures computed from a recording of the same run, all at once and in double precision.</summary>
public sealed class RecordingAgreementTests
{
    private const int Steps = 1234;

    [Theory]
    [InlineData(CellKind.Lstm, 4)]
    [InlineData(CellKind.Lstm, 16)]
    [InlineData(CellKind.Lstm, 45)]
    [InlineData(CellKind.Gru, 33)]
    [InlineData(CellKind.Rnn, 21)]
    public void Figures_RandomModel_AreThoseOfItsRecording(CellKind kind, int units)
    {
        (LayerRecording recording, LayerSnapshot layer) = Run(kind, units);
        for (int gate = 0; gate < layer.Gates.Count; gate++)
        {
            GateSummary summary = layer.Gates[gate];
            double[][] series = [.. Enumerable.Range(0, units).Select(unit => recording.GateValues(summary.Gate, unit))];
            bool candidate = gate == layer.Gates.Count - 1;
            for (int unit = 0; unit < units; unit++)
                AssertSame(series[unit], summary.Units[unit], candidate);
            AssertSame([.. series.SelectMany(values => values)], summary.All, candidate);
        }
    }

    [Theory]
    [InlineData(CellKind.Lstm, Gate.Forget, 45)]
    [InlineData(CellKind.Gru, Gate.Update, 33)]
    public void Memory_RandomModel_IsThatOfItsRecording(CellKind kind, Gate keep, int units)
    {
        (LayerRecording recording, LayerSnapshot layer) = Run(kind, units);
        double[][] series = [.. Enumerable.Range(0, units).Select(unit => recording.GateValues(keep, unit))];
        for (int unit = 0; unit < units; unit++)
            Assert.Equal(1, Batch.EFold(series[unit]) / layer.UnitMemory[unit].EFoldSteps, 1e-9);
        Assert.Equal(1, Batch.EFold([.. series.SelectMany(values => values)]) / layer.Memory!.Value.EFoldSteps, 1e-9);
        long?[] warm = [.. series.Select(Batch.WarmUp).Order()];
        Assert.Equal(warm[(int)Math.Ceiling(0.95 * units) - 1], layer.WarmUpSteps);
    }

    [Fact]
    public void CellAndHidden_RandomModel_AreThoseOfItsRecording()
    {
        const int Units = 45;
        (LayerRecording recording, LayerSnapshot layer) = Run(CellKind.Lstm, Units);
        double code = recording.Definition.Hidden.Scale;
        for (int unit = 0; unit < Units; unit++)
        {
            double[] cell = recording.CellValues(unit), hidden = recording.HiddenValues(unit);
            Assert.Equal(Batch.Slope(cell), layer.CellSlope[unit], 1e-13);
            Assert.Equal(Batch.Slope(cell) * Steps / recording.Definition.CellRange, layer.CellDrift[unit], 1e-10);
            // 1234 steps are nine half windows of 128 and 82 steps more.
            Assert.Equal(Batch.Slope(cell[(8 * 128)..]), layer.RecentCellSlope[unit], 1e-13);
            double moved = (hidden.Max() - hidden.Min()) / code;
            Assert.Equal((unit, true), (layer.DeadUnits[unit].Unit, layer.DeadUnits[unit].IsStill));
            Assert.Equal(moved, layer.DeadUnits[unit].HiddenCodes, 1e-9);
        }
    }

    private static void AssertSame(double[] series, GateValues values, bool candidate)
    {
        Assert.Equal(series.Length, values.Count);
        Assert.Equal(series.Average(), values.Mean, 2e-7);
        Assert.Equal(1, Batch.Deviation(series) / values.Deviation, 2e-5);
        Assert.Equal((series.Min(), series.Max()), (values.Least, values.Greatest));
        (double low, double high) = candidate ? (-0.8, 0.8) : (0.1, 0.9);
        Assert.Equal((Batch.Share(series, value => value < low), Batch.Share(series, value => value > high)), (values.Below, values.Above));
        foreach (double share in (double[])[0.05, 0.25, 0.5, 0.75, 0.95])
            Assert.InRange(values.Quantile(share) - Batch.Quantile(series, share), candidate ? -1.0 / 64 : -1.0 / 128, candidate ? 1.0 / 64 : 1.0 / 128);
    }

    private static (LayerRecording Recording, LayerSnapshot Layer) Run(CellKind kind, int units)
    {
        FloatLayer source = new(new LayerOptions(kind, 2, units) { WeightRange = 1.5 }, new Random(units));
        using LatchModel model = LatchModel.Create(LayerQuantizer.Model(source));
        Session session = model.CreateSession();
        GateRecording recording = new(model, Steps);
        // With so high a limit every unit is listed with the way it went.
        GateStatistics statistics = new(model, new StatisticsOptions { DeadCodes = 1000 });
        ProbePair<RecordingProbe, StatisticsProbe> pair = new(recording.Probe, statistics.Probe);
        var random = new Random(7);
        for (int step = 0; step < Steps; step++)
            session.Step([(float)(4 * random.NextDouble()) - 2, MathF.Sin(step / 30f)], new float[units], ref pair);
        return (recording.Layers[0], statistics.Snapshot()[0]);
    }
}
