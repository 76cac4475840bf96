using Latch.Model;
using Latch.Runtime;
using Latch.Runtime.Tests.Reference;

namespace Latch.Telemetry.Tests;

/// <summary>Small models of one layer with seeded random weights, and samples for them.</summary>
internal static class TestModel
{
    public const int Inputs = 2, Units = 5;

    public static LatchModel Create(CellKind kind = CellKind.Lstm, int seed = 4, bool wide = false) =>
        LatchModel.Create(LayerQuantizer.Model(new FloatLayer(new LayerOptions(kind, Inputs, Units) { Wide = wide }, new Random(seed))) with { SampleRateHz = 100 });

    public static float[] Sample(long step) => [MathF.Sin(0.1f * step), MathF.Cos(0.037f * step)];

    /// <summary>Results of an unwatched session, step by step.</summary>
    public static float[][] Results(LatchModel model, int steps)
    {
        Session session = model.CreateSession();
        float[][] results = new float[steps][];
        for (int step = 0; step < steps; step++)
            session.Step(Sample(step), results[step] = new float[model.OutputSize]);
        return results;
    }
}
