using Latch.Model;
using Latch.Runtime.Tests.Reference;

namespace Latch.Runtime.Tests.Cells;

/// <summary>The number format must not decide how long a cell remembers.</summary>
public sealed class MemoryTests
{
    [Theory]
    [InlineData(24, 100.0)]
    [InlineData(21, 900.0)]
    [InlineData(18, 7000.0)]
    public void Cell_InputClosed_KeepsTheHalfLifeOfFloat(int fractionBits, double start)
    {
        foreach (int halfLife in new[] { 1, 2, 5, 10, 50, 100, 500, 1000, 2000, 5000, 10000, 20000 })
        {
            double forget = Math.Pow(0.5, 1.0 / halfLife);
            (LatchModel model, Session session) = Decaying(fractionBits, forget, start);
            using (model)
            {
                int steps = 0;
                while (Cell(session, fractionBits) > start * 0.5000001 && steps < 3 * halfLife)
                {
                    session.Step([0f], new float[1]);
                    steps++;
                }
                double tolerance = halfLife <= 5000 ? 0.1 : 1;
                Assert.InRange(steps, Math.Floor(halfLife / (1 + tolerance)), Math.Ceiling(halfLife * (1 + tolerance)));
            }
        }
    }

    [Theory]
    [InlineData(24, 32.0)]
    [InlineData(24, 1.0)]
    [InlineData(18, 2048.0)]
    public void Cell_Decaying_ReachesZeroWithinTwoToTheMinusTenOfItsRange(int fractionBits, double range)
    {
        foreach (double halfLife in new[] { 100.0, 2000, 20000 })
        {
            (LatchModel model, Session session) = Decaying(fractionBits, Math.Pow(0.5, 1 / halfLife), range);
            using (model)
            {
                for (int step = 0; step < 14 * halfLife; step++)
                    session.Step([0f], new float[1]);
                Assert.InRange(Math.Abs(Cell(session, fractionBits)), 0, range / 1024);
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Gru_SlowUpdate_IsNotRoundedAway(bool linearBeforeReset)
    {
        const double HalfLife = 5000;
        double keep = Math.Pow(0.5, 1 / HalfLife), target = Math.Tanh(0.05);
        var source = new FloatLayer(new LayerOptions(CellKind.Gru, 1, 1) { WeightRange = 0, LinearBeforeReset = linearBeforeReset }, new Random(0));
        source.Bias[0] = Math.Log(keep / (1 - keep));
        source.Bias[2] = 0.05;
        using LatchModel model = LatchModel.Create(LayerQuantizer.Model(source));
        Session session = model.CreateSession();
        float[] result = new float[1];
        for (int step = 0; step < HalfLife; step++)
            session.Step([0f], result);
        Assert.InRange(result[0], target * 0.45, target * 0.55);
        for (int step = 0; step < 9 * HalfLife; step++)
            session.Step([0f], result);
        Assert.InRange(result[0], target * 0.97, target * 1.001);
    }

    /// <summary>An LSTM of one unit with its input gate closed, a constant forget gate, and a cell that begins at <paramref name="start"/>.</summary>
    private static (LatchModel Model, Session Session) Decaying(int fractionBits, double forget, double start)
    {
        var source = new FloatLayer(new LayerOptions(CellKind.Lstm, 1, 1) { WeightRange = 0, CellFractionBits = fractionBits }, new Random(0));
        source.Bias[0] = -20;
        source.Bias[2] = Math.Log(forget / (1 - forget));
        LatchModel model = LatchModel.Create(LayerQuantizer.Model(source));
        Session session = model.CreateSession();
        session.Step([0f], new float[1]);
        int[] state = new int[session.StateSize];
        session.SaveState(state);
        state[4] = (int)(start * Math.ScaleB(1, fractionBits));
        session.LoadState(state);
        return (model, session);
    }

    private static double Cell(Session session, int fractionBits)
    {
        int[] state = new int[session.StateSize];
        session.SaveState(state);
        return state[4] / Math.ScaleB(1, fractionBits);
    }
}
