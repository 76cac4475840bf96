using Latch.Model;
using Latch.Runtime;
using Latch.Runtime.Tests.Reference;

namespace Latch.Telemetry.Tests.Statistics;

public sealed class LayerTests
{
    [Fact]
    public void DeadUnits_StillAndStuckOnes_AreNamedWithTheirReason()
    {
        // h of unit 17 stands still, that of unit 3 moves by less than a code, that of others by more; one gate of unit 5 hardly moves.
        Fed fed = new(CellKind.Lstm, 19);
        double code = fed.Definition.Hidden.Scale * Fed.One;
        for (int step = 0; step < 100; step++)
        {
            for (int gate = 0; gate < 4; gate++)
                fed.Gate(gate, step % 2 == 0 ? Fed.One / 4 : Fed.One / 2);
            fed.Gate(1)[5] = (Fed.One / 2) + ((step % 2) * Fed.One / 1024);
            fed.Hidden.Fill((int)(step % 2 * 1.1 * code));
            (fed.Hidden[3], fed.Hidden[17]) = ((int)(step % 2 * 0.9 * code), 77);
            fed.Add();
        }
        IReadOnlyList<DeadUnit> dead = fed.Snapshot().DeadUnits;
        Assert.Equal([3, 5, 17], dead.Select(unit => unit.Unit));
        Assert.Equal([true, false, true], dead.Select(unit => unit.IsStill));
        Assert.Equal([0.9, 1.1, 0], dead.Select(unit => Math.Round(unit.HiddenCodes, 4)));
        Assert.Equal([[], [Gate.Output], []], dead.Select(unit => unit.StuckGates));
    }

    [Fact]
    public void DeadUnits_OneStep_AreNotYetKnown()
    {
        Fed fed = new(CellKind.Gru, 2);
        fed.Add();
        Assert.Empty(fed.Snapshot().DeadUnits);
        fed.Add();
        Assert.Equal([0, 1], fed.Snapshot().DeadUnits.Select(unit => unit.Unit));
        Assert.Equal([Gate.Update, Gate.Reset, Gate.Hidden], fed.Snapshot().DeadUnits[0].StuckGates);
    }

    [Fact]
    public void Saturations_OfEachKind_AreKeptApart()
    {
        // f = i = o = 1, candidate 1: c grows by 1 a step and meets its limit of 128; h is tanh(c), codes and output end at 0.5.
        FloatLayer source = new(new LayerOptions(CellKind.Lstm, 1, 3) { WeightRange = 0, HiddenRange = 0.5 }, new Random(0));
        source.Bias.AsSpan(0, 9).Fill(15.9);
        source.Bias.AsSpan(9, 3).Fill(20);
        using LatchModel model = LatchModel.Create(LayerQuantizer.Model(source));
        Session session = model.CreateSession();
        GateStatistics statistics = new(model);
        ProbePair<StatisticsProbe, CountingProbe> probe = new(statistics.Probe, default);
        for (int step = 0; step < 200; step++)
            session.Step([0f], new float[3], ref probe);
        LayerSnapshot layer = statistics.Snapshot()[0];
        Assert.Equal([0, 0, 0, 3 * 200], layer.Gates.Select(gate => gate.Saturations));
        Assert.Equal(probe.Second.Counts, (layer.CellSaturations, layer.HiddenSaturations, layer.OutputSaturations));
        // c is 128 from step 128 on; h is above 0.5 from the first.
        Assert.InRange(layer.CellSaturations, 3 * 72, 3 * 73);
        Assert.Equal((3 * 200, 3 * 200), (layer.HiddenSaturations, layer.OutputSaturations));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Inputs_AtTheirEnds_AreCountedByChannel(bool wide)
    {
        // Codes for -2..2: int8 reaches from 2 (-128 + 3) / 120 to 2 (127 + 3) / 120, int16 is told that its codes reach twice as far as calibrated.
        FloatLayer source = new(new LayerOptions(CellKind.Gru, 3, 2) { Wide = wide }, new Random(1));
        Channel[] channels = [new Channel("free"), new Channel("limited", Limit: 0.5), new Channel("scaled", Mean: 10, Deviation: 2)];
        using LatchModel model = LatchModel.Create(LayerQuantizer.Model(source, channels: channels));
        Session session = model.CreateSession();
        GateStatistics statistics = new(model);
        StatisticsProbe probe = statistics.Probe;
        for (int step = 0; step < 10; step++)
            session.Step([step < 2 ? -50 : 0.25f, step < 3 ? 7 : 0.25f, step < 5 ? 100 : 10], new float[2], ref probe);
        LayerSnapshot layer = statistics.Snapshot()[0];
        Quantization codes = model.Definition.Layers[0].Input;
        (double low, double high) = wide ? (-16384 * codes.Scale, 16384 * codes.Scale) : ((-128 - codes.ZeroPoint) * codes.Scale, (127 - codes.ZeroPoint) * codes.Scale);
        Assert.Equal(["free", "limited", "scaled"], layer.Inputs.Select(input => input.Channel));
        Assert.Equal([0.2, 0, 0], layer.Inputs.Select(input => input.AtLow));
        Assert.Equal([0, 0.3, 0.5], layer.Inputs.Select(input => input.AtHigh));
        Assert.Equal((low, high), (layer.Inputs[0].Low, layer.Inputs[0].High));
        Assert.Equal(0.5, layer.Inputs[1].High, codes.Scale);
        Assert.Equal(-0.5, layer.Inputs[1].Low, codes.Scale);
        Assert.Equal(codes.Scale * (codes.MaxCode - codes.ZeroPoint), layer.Inputs[2].Greatest, 1e-12);
        Assert.Equal(0, layer.Inputs[2].Least);
        Assert.Equal(1.0 / 3, layer.InputsAtEnds, 1e-12);
    }

    [Fact]
    public void Inputs_MoreStepsThanASmallCounterHolds_AreAllCounted()
    {
        const int Steps = 70_000;
        FloatLayer source = new(new LayerOptions(CellKind.Rnn, 2, 1), new Random(1));
        using LatchModel model = LatchModel.Create(LayerQuantizer.Model(source));
        Session session = model.CreateSession();
        GateStatistics statistics = new(model);
        StatisticsProbe probe = statistics.Probe;
        float[] result = new float[1];
        for (int step = 0; step < Steps; step++)
            session.Step([9, step % 7 == 0 ? -9 : 0], result, ref probe);
        IReadOnlyList<InputRange> inputs = statistics.Snapshot()[0].Inputs;
        Assert.Equal((0.0, 1.0), (inputs[0].AtLow, inputs[0].AtHigh));
        Assert.Equal((Steps / 7 / (double)Steps, 0.0), (inputs[1].AtLow, inputs[1].AtHigh));
        Assert.Null(inputs[0].Channel);
    }

    private struct CountingProbe : IGateProbe
    {
        public (long Cell, long Hidden, long Output) Counts;

        public void OnStep(in GateFrame frame) =>
            Counts = (Counts.Cell + frame.CellSaturations, Counts.Hidden + frame.HiddenSaturations, Counts.Output + frame.OutputSaturations);
    }
}
