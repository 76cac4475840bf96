using Latch.Import.Graph;
using Latch.Import.Reference;
using Latch.Quantize.Calibration;
using Latch.Quantize.Precision;
using Latch.Quantize.Tests.Models;
using Latch.Quantize.Weights;

namespace Latch.Quantize.Tests;

public sealed class LayerEqualisationTests
{
    private const int Units = 9;

    [Theory]
    [InlineData(ActivationKind.Relu)]
    [InlineData(ActivationKind.LeakyRelu)]
    [InlineData(null)]
    public void Apply_UnitsOfVeryDifferentSize_SameFloatOutputsBitForBit(ActivationKind? activation)
    {
        FloatModel model = Uneven(activation);
        FloatModel equalised = LayerEqualisation.Apply(model, Factors(model));
        Assert.NotEqual(((DenseNode)model.Nodes[0]).Weights.Data, ((DenseNode)equalised.Nodes[0]).Weights.Data);
        var before = new FloatReference(model);
        var after = new FloatReference(equalised);
        foreach (float[] window in Windows(2))
        {
            Dictionary<string, float[]> input = new() { ["x"] = window };
            Assert.Equal(before.Run(input)["out:z"], after.Run(input)["out:z"]);
        }
    }

    [Fact]
    public void Apply_UnitsOfVeryDifferentSize_MakesTheirSizesAlike()
    {
        FloatModel model = Uneven(null), equalised = LayerEqualisation.Apply(model, Factors(model));
        Assert.InRange(Spread(model), 100, 1000);
        // Drawn weights differ by a few times, and factors are powers of two.
        Assert.InRange(Spread(equalised), 1, 8);
        Assert.All(Factors(model)["in"], static factor => Assert.Equal(Math.Round(Math.Log2(factor)), Math.Log2(factor)));
    }

    [Fact]
    public void Factors_UnitsThatOthersReadToo_AreLeftAlone()
    {
        var builder = new NetworkBuilder(1, 1);
        string hidden = builder.Dense("in", builder.Input("x", 1, 4), Units, ActivationKind.Relu);
        builder.Output(builder.Dense("out", hidden, 2));
        builder.Output(builder.Dense("other", hidden, 2));
        Assert.Empty(Factors(builder.Build()));
    }

    [Fact]
    public void Factors_UnitsThatAreCarriedOn_AreLeftAlone()
    {
        FloatModel model = Uneven(ActivationKind.Relu);
        FloatModel carried = new(model.Nodes, new[] { "x", "in:z", "in:y", "out:z" }.ToDictionary(static name => name, model.Shape))
        {
            Name = model.Name,
            Steps = model.Steps,
            Inputs = model.Inputs,
            Outputs = model.Outputs,
            Constants = model.Constants,
            States = [new StatePair("h", "in:y")],
        };
        Assert.Empty(LayerEqualisation.Factors(carried, Calibrated(model).Moments));
    }

    [Fact]
    public void Auto_UnitsOfVeryDifferentSize_KeepsTheEqualisedLayers()
    {
        QuantizeResult result = Quantizer.Quantize(Uneven(ActivationKind.Relu), CalibrationData.FromWindows(Windows(1)), new QuantizeOptions { Activations = ActivationWidth.Auto, Budget = 0.015 });
        PrecisionStep step = Assert.Single(result.Precision!.Steps, static step => step.Action == PrecisionAction.Equalise);
        Assert.True(step.Kept);
        Assert.Equal("in", step.Target);
        Assert.InRange(step.AfterDb!.Value - step.BeforeDb, 10, 100);
        Assert.True(result.Precision.IsMet);
        Assert.Empty(result.WideValues);
    }

    private static FloatModel Uneven(ActivationKind? activation)
    {
        var builder = new NetworkBuilder(1, 1);
        string x = builder.Input("x", 1, 4);
        float[] first = [.. builder.Weights(1, Units, 4).Data.Select(static (weight, i) => weight * Size(i / 4))];
        string value = builder.Add(new DenseNode("in", x, "in:z", new FloatTensor([Units, 4], first), null), 1, Units);
        if (activation is { } kind)
            value = builder.Add(new ActivationNode("in.f", kind, value, "in:y", 0.25f), 1, Units);
        float[] second = [.. builder.Weights(1, 2, Units).Data.Select(static (weight, i) => weight / Size(i % Units))];
        builder.Output(builder.Add(new DenseNode("out", value, "out:z", new FloatTensor([2, Units], second), null), 1, 2));
        return builder.Build();
    }

    private static float Size(int unit) => MathF.Pow(2, unit - 4);

    private static IReadOnlyList<float[]> Windows(int seed) => NetworkBuilder.Windows(seed, 200, 1, 4);

    private static IReadOnlyDictionary<string, float[]> Factors(FloatModel model) => LayerEqualisation.Factors(model, Calibrated(model).Moments);

    // The largest unit over the smallest.
    private static double Spread(FloatModel model)
    {
        SecondMoments moments = Calibrated(model).Moments("out")!;
        double[] sizes = [.. Enumerable.Range(0, Units).Select(unit => Math.Sqrt(moments.Product(unit, unit)))];
        return sizes.Max() / sizes.Min();
    }

    private static Calibrator Calibrated(FloatModel model)
    {
        var calibrator = new Calibrator(model, false, [CalibrationMethod.MinMax], 255);
        calibrator.Run(CalibrationData.FromWindows(Windows(1)));
        return calibrator;
    }
}
