using Latch.Import.Graph;
using Latch.Import.Reference;
using Latch.Model;
using Latch.Quantize.Calibration;
using Latch.Quantize.Tests.Models;
using Latch.Runtime;
using ActivationKind = Latch.Import.Graph.ActivationKind;
using CellKind = Latch.Import.Graph.CellKind;
using ElementType = Latch.Model.ElementType;

namespace Latch.Quantize.Tests;

/// <summary>Causal convolutions over time, run step by step: the steps that a window sees are carried, and the integers are those of the whole window.</summary>
public sealed class CarriedWindowTests
{
    private const int Steps = 24, Channels = 3, Filters = 6;

    [Theory]
    [InlineData(false, ActivationWidth.Int8)]
    [InlineData(false, ActivationWidth.Int16)]
    [InlineData(true, ActivationWidth.Int8)]
    public void Step_DilatedConvolutionsBeforeALayer_GivesTheIntegersOfTheWindow(bool lastOnly, ActivationWidth width)
    {
        IReadOnlyList<float[]> windows = NetworkBuilder.Windows(1, 60, Steps, Channels);
        ModelDefinition definition = Quantizer.Quantize(
            Network(Steps, lastOnly), CalibrationData.FromWindows(windows), new QuantizeOptions { Activations = width, WidenCostly = false }, steps => Network(steps, lastOnly)).Definition;
        Assert.Null(definition.NotStreamable);
        Assert.Equal(["first.past", "second.past"], definition.Step!.States.Select(static state => state.Name));
        Assert.Equal(width == ActivationWidth.Int8 ? ElementType.Int8 : ElementType.Int16, definition.Step.Tensors[definition.Step.States[0].Input].Quantization.Type);
        using LatchModel model = LatchModel.Create(definition);
        Session whole = model.CreateSession(), stream = model.CreateSession();
        float[] expected = new float[model.WindowOutputSize], actual = new float[model.OutputSize];

        foreach (float[] window in NetworkBuilder.Windows(2, 20, Steps, Channels))
        {
            whole.Reset();
            stream.Reset();
            whole.Run(window, Steps, expected);
            for (int step = 0; step < Steps; step++)
            {
                stream.Step(window.AsSpan(step * Channels, Channels), actual);
                if (!lastOnly)
                    Assert.Equal(expected[(step * actual.Length)..((step + 1) * actual.Length)], actual);
            }
            if (lastOnly)
                Assert.Equal(expected, actual);
        }
    }

    [Fact]
    public void Quantize_StreamOfRows_FollowsTheFloatModelOverTheWholeStream()
    {
        const int length = 400;
        float[] rows = NetworkBuilder.Windows(3, 1, length, Channels)[0];
        var calibration = CalibrationData.FromStream([.. NetworkBuilder.Windows(1, 1, 800, Channels)[0].Chunk(Channels)]);
        ModelDefinition definition = Quantizer.Quantize(Network(1, false), calibration, null, static steps => Network(steps, false)).Definition;
        using LatchModel model = LatchModel.Create(definition);
        Session session = model.CreateSession();
        ReadOnlySpan<float> exact = new FloatReference(Network(length, false)).Run(rows);
        float[] actual = new float[model.OutputSize];
        double error = 0, power = 0;
        for (int step = 0; step < length; step++)
        {
            session.Step(rows.AsSpan(step * Channels, Channels), actual);
            for (int i = 0; i < actual.Length; i++)
                (error, power) = (error + Math.Pow(actual[i] - exact[(step * actual.Length) + i], 2), power + Math.Pow(exact[(step * actual.Length) + i], 2));
        }
        Assert.InRange(Math.Sqrt(error / power), 0, 0.03);
    }

    [Fact]
    public void StepModel_CausalConvolutions_GivesTheFloatsOfTheWindow()
    {
        float[] rows = NetworkBuilder.Windows(3, 1, Steps, Channels)[0];
        float[] expected = new FloatReference(Network(Steps, false)).Run(rows).ToArray();
        FloatReference stream = new(Quantizer.StepModel(Network(1, false), static steps => Network(steps, false)), carryState: true);
        float[] actual = [.. rows.Chunk(Channels).SelectMany(row => stream.Run(row).ToArray())];
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), static pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Fact]
    public void Quantize_WindowsOfOneStep_CarryNothing()
    {
        ModelDefinition definition = Quantizer.Quantize(
            Network(1, false), CalibrationData.FromWindows(NetworkBuilder.Windows(1, 60, 1, Channels)), null, static steps => Network(steps, false)).Definition;
        Assert.Null(definition.Step);
        Assert.Contains("leave the steps out", definition.NotStreamable, StringComparison.Ordinal);
        Assert.Empty(definition.Sequence!.States);
    }

    [Fact]
    public void Quantize_ValueThatHasTheNameOfAPast_IsNotTakenForIt()
    {
        static FloatModel Named(int steps)
        {
            var builder = new NetworkBuilder(5, steps);
            builder.Output(Convolution(builder, "conv", builder.Input("conv.past", 1, Channels, steps), Channels, new WindowGeometry([1], [1], [2], [0])));
            return builder.Build();
        }

        ModelDefinition definition = Quantizer.Quantize(Named(Steps), CalibrationData.FromWindows(NetworkBuilder.Windows(1, 30, Steps, Channels)), null, Named).Definition;
        Assert.Equal("conv.past'", Assert.Single(definition.Step!.States).Name);
    }

    [Fact]
    public void StreamingObstacle_FileWithStatesOfItsOwn_CarriesNoOthers()
    {
        static FloatModel WithState(int steps)
        {
            FloatModel network = Network(steps, false);
            return new FloatModel(network.Nodes, network.Inputs.Select(static input => input.Name).Concat(network.Constants.Keys).Concat(network.Nodes.SelectMany(static node => node.Outputs)).ToDictionary(static name => name, network.Shape))
            {
                Name = "own",
                Steps = steps,
                Inputs = network.Inputs,
                Outputs = network.Outputs,
                LayerStates = [new StatePair("h", "hn")],
                Constants = network.Constants,
            };
        }

        Assert.Contains("'first' sees several steps at once", Quantizer.StreamingObstacle(WithState(Steps), WithState), StringComparison.Ordinal);
    }

    [Fact]
    public void StepModel_ConvolutionThatSeesLaterSteps_IsTheModelItself()
    {
        static FloatModel Centred(int steps)
        {
            var builder = new NetworkBuilder(5, steps);
            builder.Output(Convolution(builder, "conv", builder.Input("x", 1, Channels, steps), Channels, new WindowGeometry([1], [1], [1], [1])));
            return builder.Build();
        }

        FloatModel single = Centred(1);
        Assert.Same(single, Quantizer.StepModel(single, Centred));
    }

    [Fact]
    public void StepModel_ModelThatHasNoOtherNumberOfSteps_IsTheModelItself()
    {
        FloatModel single = Network(1, false);
        Assert.Same(single, Quantizer.StepModel(single, static steps => throw new Import.ImportException(Import.ImportErrorCode.UnresolvedShape, "file", $"no {steps} steps")));
    }

    // A temporal convolution: two dilated layers with a residual around the second, then a GRU.
    private static FloatModel Network(int steps, bool lastOnly)
    {
        var builder = new NetworkBuilder(7, steps);
        string turned = builder.Add(new TransposeNode("turn", builder.Input("x", steps, Channels), "xt", [1, 0]), Channels, steps);
        string columns = builder.Add(new ReshapeNode("columns", turned, "xc"), 1, Channels, steps);
        string first = Relu(builder, Convolution(builder, "first", columns, Channels, new WindowGeometry([1], [1], [2], [0])));
        string second = Relu(builder, Convolution(builder, "second", first, Filters, new WindowGeometry([1], [4], [8], [0])));
        string sum = builder.Add(new BinaryNode("residual", BinaryOperation.Add, first, second, "sum"), 1, Filters, steps);
        string back = builder.Add(new TransposeNode("back", builder.Add(new ReshapeNode("flat", sum, "f"), Filters, steps), "b", [1, 0]), steps, Filters);
        RecurrentNode layer = builder.Recurrent("layer", back, CellKind.Gru, 5);
        string all = builder.Dense("out", layer.Y!, 2);
        builder.Output(lastOnly ? builder.Add(new GatherNode("last", all, "l", 0, [steps - 1]), 1, 2) : all);
        return builder.Build();
    }

    private static string Convolution(NetworkBuilder builder, string name, string input, int channels, WindowGeometry window) =>
        builder.Add(new ConvNode(name, input, name + ":y", builder.Weights(0.4, Filters, channels, 3), builder.Weights(0.2, Filters), window, 1), 1, Filters, builder.Steps);

    private static string Relu(NetworkBuilder builder, string value) =>
        builder.Add(new ActivationNode(value + ".f", ActivationKind.Relu, value, value + ".r"), builder.ShapeOf(value));
}
