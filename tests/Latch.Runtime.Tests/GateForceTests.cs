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
    private static (Session Session, CapturingProbe Probe) Start(CellKind kind)
    {
        LatchModel model = LatchModel.Create(LayerQuantizer.Model(new FloatLayer(new LayerOptions(kind, Inputs, Units), new Random(5))));
        Session session = model.CreateSession();
        var probe = new CapturingProbe();
        for (int step = 0; step < 10; step++)
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
