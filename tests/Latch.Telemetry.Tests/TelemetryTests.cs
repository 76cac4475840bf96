using Latch.Model;
using Latch.Runtime;
using Latch.Runtime.Tests.Reference;

namespace Latch.Telemetry.Tests;

public sealed class TelemetryTests
{
    private const int Units = 4;

    [Theory]
    [InlineData(CellKind.Lstm, 1.0)]
    [InlineData(CellKind.Lstm, 40.0)]
    [InlineData(CellKind.Gru, 40.0)]
    [InlineData(CellKind.Lstm, 3000.0)]
    public void Memory_ConstantKeepGate_IsItsHalfLife(CellKind kind, double halfLife)
    {
        double keep = Math.Pow(0.5, 1 / halfLife);
        FloatLayer source = Constant(kind, kind == CellKind.Lstm ? 2 : 0, Math.Log(keep / (1 - keep)));
        GateStatistics statistics = Watch(LayerQuantizer.Model(source) with { SampleRateHz = 2 }, steps: 50);
        LayerSnapshot layer = statistics.Snapshot()[0];
        MemoryTime memory = layer.Memory!.Value;
        Assert.InRange(memory.HalfLifeSteps, halfLife * 0.99, halfLife * 1.01);
        Assert.InRange(memory.HalfLifeSeconds!.Value, halfLife * 0.495, halfLife * 0.505);
        Assert.Equal(memory.HalfLifeSteps / Math.Log(2), memory.EFoldSteps, 1e-9 * halfLife);
        Assert.Equal(Units, layer.UnitMemory.Count);
        Assert.All(layer.UnitMemory, unit => Assert.InRange(unit.HalfLifeSteps, halfLife * 0.99, halfLife * 1.01));
    }

    [Fact]
    public void Memory_GateForcedOpen_IsInfiniteAndWithoutRateHasNoSeconds()
    {
        using LatchModel model = LatchModel.Create(LayerQuantizer.Model(Constant(CellKind.Lstm, 2, 0)));
        Session session = model.CreateSession();
        session.Gates.Force(0, Gate.Forget, GateForce.Open);
        GateStatistics statistics = Watch(model, session, 5);
        MemoryTime memory = statistics.Snapshot()[0].Memory!.Value;
        Assert.Equal(double.PositiveInfinity, memory.HalfLifeSteps);
        Assert.Null(memory.HalfLifeSeconds);
    }

    [Fact]
    public void Gates_KnownValues_HaveTheirMeanDeviationAndSaturationFraction()
    {
        FloatLayer source = Constant(CellKind.Lstm, 0, 0);
        // Input gate by unit: 1/2, almost 0, almost 1, 1/2. The forget gate follows the input: 0.05 or 0.95.
        (source.Bias[1], source.Bias[2]) = (-5, 5);
        for (int unit = 0; unit < Units; unit++)
            source.Input[(2 * Units) + unit][0] = Math.Log(19);
        using LatchModel model = LatchModel.Create(LayerQuantizer.Model(source));
        Session session = model.CreateSession();
        var statistics = new GateStatistics(model);
        StatisticsProbe probe = statistics.Probe;
        for (int step = 0; step < 100; step++)
            session.Step([step % 4 == 0 ? -1f : 1f], new float[Units], ref probe);

        IReadOnlyList<GateSummary> gates = statistics.Snapshot()[0].Gates;
        GateValues input = gates[0].All, forget = gates[2].All;
        Assert.Equal((Gate.Input, Gate.Forget), (gates[0].Gate, gates[2].Gate));
        Assert.Equal((0.25, 0.25), (input.Below, input.Above));
        Assert.InRange(input.Mean, 0.499, 0.501);
        Assert.InRange(input.Deviation, Math.Sqrt(2 * 0.4933 * 0.4933 / 4) - 0.002, Math.Sqrt(2 * 0.4933 * 0.4933 / 4) + 0.002);
        Assert.Equal((0.25, 0.75), (forget.Below, forget.Above));
        Assert.InRange(forget.Mean, 0.72, 0.73);
        Assert.Equal(100, statistics.Layers[0].Steps);
        Assert.Equal(0, gates[0].Saturations + gates[2].Saturations);
    }

    [Fact]
    public void Gates_PreActivationBeyondTheLimit_CountsSaturations()
    {
        GateStatistics statistics = Watch(LayerQuantizer.Model(Constant(CellKind.Lstm, 1, 20)), steps: 7);
        Assert.Equal([0, 7 * Units, 0, 0], statistics.Snapshot()[0].Gates.Select(gate => (int)gate.Saturations));
        statistics.Clear();
        Assert.Equal([0, 0, 0, 0], statistics.Snapshot()[0].Gates.Select(gate => (int)gate.Saturations));
        Assert.Null(statistics.Snapshot()[0].Memory);
    }

    [Fact]
    public void CellDrift_CellThatCounts_IsItsSlopeAgainstTheRange()
    {
        // f = 1, i = 1, candidate tanh(atanh(0.01)): c grows by 0.01 a step. The fixture states a range of 4.
        FloatLayer source = Constant(CellKind.Lstm, 2, 20);
        for (int unit = 0; unit < Units; unit++)
            (source.Bias[unit], source.Bias[(3 * Units) + unit]) = (20, Math.Atanh(0.01));
        GateStatistics statistics = Watch(LayerQuantizer.Model(source), steps: 200);
        LayerSnapshot layer = statistics.Snapshot()[0];
        Assert.All(layer.CellSlope, slope => Assert.InRange(slope, 0.00995, 0.01005));
        Assert.All(layer.CellDrift, drift => Assert.InRange(drift, 0.497, 0.503));
    }

    [Fact]
    public void Recording_MoreStepsThanCapacity_KeepsTheLast()
    {
        using LatchModel model = LatchModel.Create(LayerQuantizer.Model(new FloatLayer(new LayerOptions(CellKind.Lstm, 1, Units), new Random(4))));
        Session session = model.CreateSession();
        var recording = new GateRecording(model, capacity: 10);
        var statistics = new GateStatistics(model);
        var pair = new ProbePair<RecordingProbe, StatisticsProbe>(recording.Probe, statistics.Probe);
        int[] state = new int[session.StateSize];
        for (int step = 0; step < 25; step++)
            session.Step([MathF.Sin(step)], new float[Units], ref pair);

        LayerRecording layer = recording.Layers[0];
        Assert.Equal((10, 15L, 25L), (layer.Count, layer.Dropped, statistics.Layers[0].Steps));
        Assert.Equal(Enumerable.Range(15, 10).Select(step => (long)step), Enumerable.Range(0, 10).Select(layer.Step));
        session.SaveState(state);
        Assert.Equal(state.AsSpan(3, Units), layer.Hidden(9));
        Assert.Equal(state.AsSpan(3 + Units, Units), layer.Cell(9));
        Assert.Equal(state.AsSpan(3 + (2 * Units), 4 * Units), layer.Gates(9));
        Assert.Equal(state.AsSpan(3 + (2 * Units) + (2 * Units), Units), layer.Gate(Gate.Forget, 9));
        Assert.Equal(state[3 + Units + 2] / 16777216.0, layer.CellValues(2)[9]);
        Assert.Equal(state[3 + 2] / 16777216.0, layer.HiddenValues(2)[9]);
        Assert.Equal(state[3 + (2 * Units) + (2 * Units) + 1] / 16777216.0, layer.GateValues(Gate.Forget, 1)[9]);
        recording.Clear();
        Assert.Equal(0, layer.Count);
    }

    [Fact]
    public void Recording_WrongArguments_AreRefused()
    {
        using LatchModel model = LatchModel.Create(LayerQuantizer.Model(Constant(CellKind.Gru, 0, 0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GateRecording(model, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GateRecording(model, 10, 1));
        LayerRecording layer = new GateRecording(model, 10, 0).Layers[0];
        Assert.Throws<ArgumentOutOfRangeException>(() => layer.Hidden(0).Length);
        Assert.Throws<ArgumentException>(() => layer.GateValues(Gate.Forget, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => layer.HiddenValues(Units));
    }

    [Fact]
    public void Probe_TenThousandSteps_AllocatesNothing()
    {
        using LatchModel model = LatchModel.Create(LayerQuantizer.Model(new FloatLayer(new LayerOptions(CellKind.Lstm, 1, Units), new Random(4))));
        Session session = model.CreateSession();
        var pair = new ProbePair<RecordingProbe, StatisticsProbe>(new GateRecording(model, 100).Probe, new GateStatistics(model).Probe);
        float[] sample = [0.5f], result = new float[Units];
        Assert.Equal(0, AllocatedBytes.Of(10_000, () => session.Step(sample, result, ref pair)));
    }

    /// <summary>A layer whose weights are zero; one gate has a bias.</summary>
    private static FloatLayer Constant(CellKind kind, int gate, double bias)
    {
        var source = new FloatLayer(new LayerOptions(kind, 1, Units) { WeightRange = 0 }, new Random(0));
        source.Bias.AsSpan(gate * Units, Units).Fill(bias);
        return source;
    }

    private static GateStatistics Watch(ModelDefinition definition, int steps)
    {
        using LatchModel model = LatchModel.Create(definition);
        return Watch(model, model.CreateSession(), steps);
    }

    private static GateStatistics Watch(LatchModel model, Session session, int steps)
    {
        var statistics = new GateStatistics(model);
        StatisticsProbe probe = statistics.Probe;
        for (int step = 0; step < steps; step++)
            session.Step([0f], new float[Units], ref probe);
        return statistics;
    }
}
