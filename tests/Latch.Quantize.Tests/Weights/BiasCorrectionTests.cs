using Latch.Import.Graph;
using Latch.Model;
using Latch.Quantize.Calibration;
using Latch.Quantize.Precision;
using Latch.Quantize.Tests.Models;
using Latch.Quantize.Weights;
using CellKind = Latch.Import.Graph.CellKind;

namespace Latch.Quantize.Tests;

public sealed class BiasCorrectionTests
{
    private const int Steps = 3;

    // Codes are multiples of a hundredth from 0 to 2.55. One channel moves on them, the others stand still between two: always off by the same.
    private static readonly float[] s_still = [0.104f, 1.003f, 2.006f];

    [Fact]
    public void Measure_ChannelsBetweenCodes_GivesTheirRounding()
    {
        (FloatModel model, DenseNode node) = Dense();
        CalibrationData data = CalibrationData.FromWindows(Windows(1));
        ModelDefinition definition = Quantizer.Quantize(model, data, new QuantizeOptions { WidenCostly = false }).Definition;
        double scale = definition.Sequence!.Tensors[0].Quantization.Scale;
        MeanShift shift = new BiasCorrection(model, data).Measure(definition, node, "only")!;
        Assert.Equal(0, shift.Input[0], 1e-6);
        for (int channel = 0; channel < s_still.Length; channel++)
            Assert.Equal(s_still[channel] - Math.Round(s_still[channel] / scale) * scale, shift.Input[channel + 1], 1e-6);
        Assert.Empty(shift.Hidden);
    }

    [Fact]
    public void Auto_ChannelsBetweenCodes_KeepsTheCorrectedBias()
    {
        QuantizeResult result = Quantizer.Quantize(Dense().Model, CalibrationData.FromWindows(Windows(1)), new QuantizeOptions { Activations = ActivationWidth.Auto, Budget = 0.0005 });
        PrecisionStep step = Assert.Single(result.Precision!.Steps, static step => step.Action == PrecisionAction.CorrectBias);
        Assert.True(step.Kept);
        Assert.InRange(step.AfterDb!.Value - step.BeforeDb, 20, 100);
        Assert.True(result.Precision.IsMet, result.Precision.Summary);
        Assert.Empty(result.WideValues);
    }

    [Theory]
    [InlineData(CellKind.Lstm)]
    [InlineData(CellKind.Gru)]
    [InlineData(CellKind.Rnn)]
    public void Measure_RecurrentLayer_GivesShiftsOfInputAndState(CellKind cell)
    {
        var builder = new NetworkBuilder(5, Steps);
        RecurrentNode node = builder.Recurrent("layer", builder.Input("x", Steps, 4), cell, 7);
        builder.Output("layer/Y");
        FloatModel model = builder.Build();
        CalibrationData data = CalibrationData.FromWindows(Windows(1));
        ModelDefinition definition = Quantizer.Quantize(model, data, new QuantizeOptions { WidenCostly = false }).Definition;
        MeanShift shift = new BiasCorrection(model, data).Measure(definition, node, "layer")!;
        double scale = definition.Layers[0].Input.Scale, step = definition.Layers[0].Hidden.Scale;
        Assert.Equal(s_still[0] - Math.Round(s_still[0] / scale) * scale, shift.Input[1], 1e-6);
        Assert.Equal(7, shift.Hidden.Length);
        // Rounding moves a mean by half a step at most, and the layer's own errors by little more.
        Assert.All(shift.Hidden, value => Assert.InRange(Math.Abs(value), 1e-9, 2 * step));
    }

    private static (FloatModel Model, DenseNode Node) Dense()
    {
        var builder = new NetworkBuilder(1, Steps);
        string x = builder.Input("x", Steps, 4);
        // Codes exactly: the largest weight of each row is 127 of the others' units.
        var node = new DenseNode("only", x, "y", new FloatTensor([2, 4], [1.27f, 0.5f, -0.3f, 0.2f, 0.4f, 0.8f, 1.27f, 0.7f]), null);
        builder.Output(builder.Add(node, Steps, 2));
        return (builder.Build(), node);
    }

    private static IReadOnlyList<float[]> Windows(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, 100).Select(_ => Enumerable.Range(0, Steps)
            .SelectMany(step => new[] { step switch { 0 => 0, 1 => 2.55f, _ => random.Next(256) / 100f } }.Concat(s_still)).ToArray())];
    }
}
