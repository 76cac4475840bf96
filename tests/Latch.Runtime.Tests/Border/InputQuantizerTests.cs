using Latch.Model;
using Latch.Runtime.Tests.Reference;

namespace Latch.Runtime.Tests.Border;

/// <summary>Readings become codes by one formula, in whole vectors and in what is left: floor(x r + 1/2) + z in double precision, limited; not finite holds.</summary>
public sealed class InputQuantizerTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(8, false)]
    [InlineData(37, false)]
    [InlineData(7, true)]
    [InlineData(40, true)]
    public void Step_AnyReadings_GivesTheCodesOfTheFormula(int inputs, bool wide)
    {
        var random = new Random(inputs);
        ModelDefinition definition = LayerQuantizer.Model(new FloatLayer(new LayerOptions(CellKind.Lstm, inputs, 4) { Wide = wide }, random));
        Quantization codes = definition.Layers[0].Input;
        using LatchModel model = LatchModel.Create(definition);
        Session session = model.CreateSession();
        var probe = new CapturingProbe();
        float[] result = new float[4];
        int[] expected = [.. Enumerable.Repeat(codes.ZeroPoint, inputs)];
        long held = 0;
        for (int step = 0; step < 3 * inputs; step++)
        {
            float[] sample = [.. Enumerable.Range(0, inputs).Select(_ => Reading(random, codes))];
            // One reading that is missing, at every place in turn.
            if (step % 2 == 0)
                sample[step / 2 % inputs] = (step % 3) switch { 0 => float.NaN, 1 => float.PositiveInfinity, _ => float.NegativeInfinity };
            for (int i = 0; i < inputs; i++)
            {
                held += float.IsFinite(sample[i]) ? 0 : 1;
                if (float.IsFinite(sample[i]))
                    expected[i] = (int)Math.Clamp(Math.Floor((sample[i] * (1 / codes.Scale)) + 0.5) + codes.ZeroPoint, codes.MinCode, codes.MaxCode);
            }
            session.Step(sample, result, ref probe);
            Assert.Equal(expected, probe.Frames[^1].InputCodes);
        }
        Assert.Equal(held, session.HeldReadings);
        Assert.True(held > 0);
    }

    /// <summary>Between two codes, near the middle of two, at the ends and far beyond.</summary>
    private static float Reading(Random random, Quantization codes) => random.Next(4) switch
    {
        0 => (float)((random.NextDouble() - 0.5) * 2 * codes.Scale * codes.MaxCode),
        1 => (float)(codes.Scale * (random.Next(codes.MinCode, codes.MaxCode) + 0.5)),
        2 => (float)(codes.Scale * (random.Next(2) == 0 ? codes.MinCode : codes.MaxCode)),
        _ => random.Next(2) == 0 ? float.MaxValue : -1e20f,
    };
}
