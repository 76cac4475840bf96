using Latch.Model;
using Latch.Runtime.Tests.Reference;

namespace Latch.Runtime.Tests;

public sealed class GateForceTests
{
    private const int Inputs = 4, Units = 6, One = 1 << 24;

    [Fact]
    public void Force_ForgetClosed_MakesTheCellTheInputProduct()
    {
        (Session session, CapturingProbe probe) = Start(CellKind.Lstm);
        session.Gates.Force(0, Gate.Forget, GateForce.Closed);
        CapturingProbe.Frame frame = Step(session, ref probe);
        for (int unit = 0; unit < Units; unit++)
        {
            Assert.Equal(0, frame.Gates[(2 * Units) + unit]);
            long product = (long)frame.Gates[unit] * frame.Gates[(3 * Units) + unit];
            Assert.Equal((product + (One / 2)) >> 24, frame.Cell[unit]);
        }
    }

    [Fact]
    public void Force_ForgetOpenAndInputClosed_FreezesTheCell()
    {
        (Session session, CapturingProbe probe) = Start(CellKind.Lstm);
        int[] cell = probe.Frames[^1].Cell;
        Assert.DoesNotContain(0, cell);
        session.Gates.Force(0, Gate.Forget, GateForce.Open);
        session.Gates.Force(0, Gate.Input, GateForce.Closed);
        for (int step = 0; step < 100; step++)
            Assert.Equal(cell, Step(session, ref probe).Cell);
    }

    [Theory]
    [InlineData(CellKind.Lstm, Gate.Output)]
    [InlineData(CellKind.Gru, Gate.Update)]
    [InlineData(CellKind.Gru, Gate.Reset)]
    public void Force_Hold_KeepsTheGateOfTheStepBefore(CellKind kind, Gate gate)
    {
        (Session session, CapturingProbe probe) = Start(kind);
        int index = GateOrder.IndexOf(kind, gate);
        int[] before = Values(probe.Frames[^1], index);
        session.Gates.Force(0, gate, GateForce.Hold, 1, 3);
        for (int step = 0; step < 5; step++)
        {
            int[] now = Values(Step(session, ref probe), index);
            Assert.Equal((before[1], before[3]), (now[1], now[3]));
            Assert.NotEqual(before[0], now[0]);
        }
        session.Gates.Release(0, gate);
        Assert.NotEqual(before[1], Values(Step(session, ref probe), index)[1]);
    }

    [Fact]
    public void Force_UpdateOpen_FreezesTheHiddenStateOfAGru()
    {
        (Session session, CapturingProbe probe) = Start(CellKind.Gru);
        int[] hidden = probe.Frames[^1].Hidden;
        session.Gates.Force(0, Gate.Update, GateForce.Open);
        Assert.Equal(hidden, Step(session, ref probe).Hidden);
        session.Gates.ReleaseAll();
        Assert.NotEqual(hidden, Step(session, ref probe).Hidden);
    }

    [Fact]
    public void Force_UpdateClosed_TakesTheCandidate()
    {
        (Session session, CapturingProbe probe) = Start(CellKind.Gru);
        session.Gates.Force(0, Gate.Update, GateForce.Closed);
        CapturingProbe.Frame frame = Step(session, ref probe);
        Assert.Equal(Values(frame, 2), frame.Hidden);
    }

    [Theory]
    [InlineData(CellKind.Lstm, Gate.Input, 0)]
    [InlineData(CellKind.Lstm, Gate.Output, 1)]
    [InlineData(CellKind.Lstm, Gate.Forget, 5_000_000)]
    [InlineData(CellKind.Gru, Gate.Update, 12_345_678)]
    [InlineData(CellKind.Gru, Gate.Reset, One)]
    public void ForceValue_SomeUnits_GivesThemExactlyTheValue(CellKind kind, Gate gate, int value)
    {
        (Session session, CapturingProbe probe) = Start(kind);
        (Session free, CapturingProbe freeProbe) = Start(kind);
        session.Gates.ForceValue(0, gate, value, 1, 4);
        int index = GateOrder.IndexOf(kind, gate);
        int[] expected = Values(Step(free, ref freeProbe), index);
        (expected[1], expected[4]) = (value, value);
        Assert.Equal(expected, Values(Step(session, ref probe), index));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(One + 1)]
    public void ForceValue_OutsideZeroToOne_IsRefused(int value)
    {
        (Session session, _) = Start(CellKind.Lstm);
        Assert.Throws<ArgumentException>(() => session.Gates.ForceValue(0, Gate.Forget, value));
    }

    // With nothing kept and nothing seen of the past, every step is like the first one after a reset.
    [Theory]
    [InlineData(CellKind.Lstm, false, true)]
    [InlineData(CellKind.Lstm, true, true)]
    [InlineData(CellKind.Gru, false, true)]
    [InlineData(CellKind.Gru, false, false)]
    [InlineData(CellKind.Rnn, false, true)]
    public void CutRecurrence_NothingKept_MakesEveryStepTheFirst(CellKind kind, bool peepholes, bool linearBeforeReset)
    {
        LayerOptions options = new(kind, Inputs, Units) { Peepholes = peepholes, LinearBeforeReset = linearBeforeReset };
        (Session session, CapturingProbe probe) = Start(options, steps: 10);
        (Session first, CapturingProbe firstProbe) = Start(options, steps: 0);
        if (kind != CellKind.Rnn)
            session.Gates.Force(0, kind == CellKind.Lstm ? Gate.Forget : Gate.Update, GateForce.Closed);
        for (int step = 0; step < 5; step++)
        {
            float[] sample = [.. Enumerable.Range(0, Inputs).Select(input => (step + input) / 4f)];
            first.Reset();
            if (kind != CellKind.Rnn)
                first.Gates.Force(0, kind == CellKind.Lstm ? Gate.Forget : Gate.Update, GateForce.Closed);
            first.Step(sample, new float[Units], ref firstProbe);
            session.Step(sample, new float[Units], ref probe);
            if (step == 0)
                Assert.NotEqual(firstProbe.Frames[^1].Hidden, probe.Frames[^1].Hidden);
            else
                Assert.Equal(firstProbe.Frames[^1].Hidden, probe.Frames[^1].Hidden);
            session.Gates.CutRecurrence(0);
        }
        session.Gates.ReleaseAll();
        session.Step(new float[Inputs], new float[Units], ref probe);
        first.Reset();
        first.Gates.ReleaseAll();
        first.Step(new float[Inputs], new float[Units], ref firstProbe);
        Assert.NotEqual(firstProbe.Frames[^1].Hidden, probe.Frames[^1].Hidden);
    }

    [Fact]
    public void CutRecurrence_NoSuchLayer_IsRefused()
    {
        (Session session, _) = Start(CellKind.Lstm);
        Assert.Throws<ArgumentException>(() => session.Gates.CutRecurrence(1));
    }

    [Fact]
    public void Release_EverythingForced_GivesTheFreeResult()
    {
        (Session forced, CapturingProbe probe) = Start(CellKind.Lstm);
        (Session free, CapturingProbe freeProbe) = Start(CellKind.Lstm);
        forced.Gates.Force(0, Gate.Forget, GateForce.Open);
        forced.Gates.Force(0, Gate.Input, GateForce.Closed, 2);
        forced.Gates.Release(0, Gate.Forget);
        forced.Gates.Release(0, Gate.Input, 2);
        Assert.Equal(Step(free, ref freeProbe).Hidden, Step(forced, ref probe).Hidden);
    }

    [Theory]
    [InlineData(CellKind.Lstm, 0, Gate.Cell, 0)]
    [InlineData(CellKind.Lstm, 0, Gate.Update, 0)]
    [InlineData(CellKind.Gru, 0, Gate.Hidden, 0)]
    [InlineData(CellKind.Gru, 0, Gate.Forget, 0)]
    [InlineData(CellKind.Rnn, 0, Gate.Hidden, 0)]
    [InlineData(CellKind.Lstm, 1, Gate.Forget, 0)]
    [InlineData(CellKind.Lstm, -1, Gate.Forget, 0)]
    [InlineData(CellKind.Lstm, 0, Gate.Forget, Units)]
    [InlineData(CellKind.Lstm, 0, Gate.Forget, -1)]
    public void Force_WhatCannotBeForced_IsRefused(CellKind kind, int layer, Gate gate, int unit)
    {
        (Session session, _) = Start(kind);
        Assert.Throws<ArgumentException>(() => session.Gates.Force(layer, gate, GateForce.Open, unit));
    }

    private static int[] Values(CapturingProbe.Frame frame, int gate) => frame.Gates.AsSpan(gate * Units, Units).ToArray();

    /// <summary>A session after ten steps.</summary>
    private static (Session Session, CapturingProbe Probe) Start(CellKind kind) => Start(new LayerOptions(kind, Inputs, Units), steps: 10);

    private static (Session Session, CapturingProbe Probe) Start(LayerOptions options, int steps)
    {
        LatchModel model = LatchModel.Create(LayerQuantizer.Model(new FloatLayer(options, new Random(5))));
        Session session = model.CreateSession();
        var probe = new CapturingProbe();
        for (int step = 0; step < steps; step++)
            Step(session, ref probe);
        return (session, probe);
    }

    private static CapturingProbe.Frame Step(Session session, ref CapturingProbe probe)
    {
        var random = new Random((int)session.StepCount);
        session.Step([.. Enumerable.Range(0, Inputs).Select(_ => (4 * random.NextSingle()) - 2)], new float[Units], ref probe);
        return probe.Frames[^1];
    }
}
