using Latch.Import;
using Latch.Import.Graph;
using Latch.Model;
using Latch.Quantize.Calibration;
using Latch.Quantize.Report;
using Latch.Quantize.Tests.Models;
using Latch.Runtime;
using CellKind = Latch.Import.Graph.CellKind;
using Comparison = Latch.Quantize.Report.Comparison;

namespace Latch.Quantize.Tests;

public sealed class QuantizerTests
{
    [Fact]
    public void Quantize_Twice_GivesTheSameBytes()
    {
        Assert.Equal(ModelWriter.ToBytes(Lstm(8)), ModelWriter.ToBytes(Lstm(8)));
    }

    [Fact]
    public void Quantize_CausalModel_StepsLikeItsWindow()
    {
        ModelDefinition definition = Lstm(8);
        Assert.Null(definition.NotStreamable);
        using LatchModel model = LatchModel.Create(definition);
        Session window = model.CreateSession(), stream = model.CreateSession();
        float[] input = NetworkBuilder.Windows(3, 1, 8, 4)[0], whole = new float[16], single = new float[2];
        window.Run(input, 8, whole);
        for (int step = 0; step < 8; step++)
        {
            stream.Step(input.AsSpan(step * 4, 4), single);
            Assert.Equal(whole[(step * 2)..(step * 2 + 2)], single);
        }
    }

    [Fact]
    public void Quantize_ReverseLayer_NamesTheNodeThatCannotStream()
    {
        FloatModel Build(int steps)
        {
            var builder = new NetworkBuilder(1, steps);
            builder.Recurrent("backward", builder.Input("x", steps, 4), CellKind.Gru, 6, static node => node with { Reverse = true });
            builder.Output("backward/Y");
            return builder.Build();
        }
        ModelDefinition definition = Quantizer.Quantize(Build(5), Data(5), null, Build).Definition;
        Assert.Null(definition.Step);
        Assert.Contains("'backward'", definition.NotStreamable, StringComparison.Ordinal);
    }

    [Fact]
    public void StreamingObstacle_NumberOfStepsFixed_DoesNotHoldThePath()
    {
        var builder = new NetworkBuilder(1, 5);
        builder.Output(builder.Dense("score", builder.Input("x", 5, 4), 2));
        string? obstacle = Quantizer.StreamingObstacle(builder.Build(), _ => throw new ImportException(ImportErrorCode.UnresolvedShape, "models/m.tflite", "the file fixes the number of steps to 5"));
        Assert.Equal("the file fixes the number of steps to 5", obstacle);
    }

    [Fact]
    public void Quantize_SoftmaxOverTime_IsNotStreamable()
    {
        FloatModel Build(int steps)
        {
            var builder = new NetworkBuilder(1, steps);
            string score = builder.Dense("score", builder.Input("x", steps, 4), 2);
            builder.Output(builder.Add(new SoftmaxNode("over time", score, "p", 0), steps, 2));
            return builder.Build();
        }
        Assert.Contains("'over time'", Quantizer.Quantize(Build(5), Data(5), null, Build).Definition.NotStreamable, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1e-4)]
    [InlineData(1.0)]
    [InlineData(200.0)]
    public void Quantize_ExtremeWeights_KeepsTheBounds(double size)
    {
        var builder = new NetworkBuilder(1, 4);
        builder.Recurrent("layer", builder.Input("x", 4, 4), CellKind.Lstm, 6, node => node with { InputWeights = builder.Weights(size, 24, 4), RecurrentWeights = builder.Weights(size, 24, 6) });
        builder.Output("layer/Y");
        ModelDefinition definition = Quantizer.Quantize(builder.Build(), Data(4)).Definition;
        Assert.Null(AccumulatorBounds.FindViolation(definition));
        ModelValidator.Validate(definition);
    }

    [Fact]
    public void Quantize_PeepholesFarLargerThanTheWeights_KeepsTheBounds()
    {
        var builder = new NetworkBuilder(1, 4);
        builder.Recurrent("layer", builder.Input("x", 4, 4), CellKind.Lstm, 6, node => node with
        {
            InputWeights = builder.Weights(1e-4, 24, 4),
            RecurrentWeights = builder.Weights(1e-4, 24, 6),
            Peepholes = new FloatTensor([18], [.. Enumerable.Repeat(3f, 18)]),
        });
        builder.Output("layer/Y");
        ModelDefinition definition = Quantizer.Quantize(builder.Build(), Data(4)).Definition;
        RecurrentLayer layer = definition.Layers[0];
        Assert.All(definition.Constants[layer.Peepholes!].Int32.ToArray(), multiplier => Assert.Equal(3, Math.ScaleB(multiplier, layer.CellFractionBits - 13 - layer.Shift), 1e-6));
    }

    [Fact]
    public void Quantize_FloatModelThatDividesByZero_NamesTheValue()
    {
        var builder = new NetworkBuilder(1, 2);
        string x = builder.Input("x", 2, 1);
        builder.Output(builder.Add(new BinaryNode("inverse", BinaryOperation.Div, builder.Constant("one", [1], [1]), x, "inverted"), 2, 1));
        QuantizeException exception = Assert.Throws<QuantizeException>(() => Quantizer.Quantize(builder.Build(), CalibrationData.FromWindows([[1, 2], [3, 0]])));
        Assert.Contains("'inverted'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Quantize_RowThatCouldOverflow_GetsALargerScale()
    {
        // 1,000 equal weights at code 127 times 32,768 exceed 32 bits; at code 65 they do not.
        float[] weights = [.. Enumerable.Repeat(0.1f, 1000)];
        double scale = Weights.WeightRows.Scales(weights, 1000, ElementType.Int16)[0];
        Assert.InRange(0.1 / scale, 60, (double)int.MaxValue / 32768 / 1000);
    }

    [Fact]
    public void Quantize_CellThatCountsBeyondEveryFormat_StaysAtTheEndOfItsRange()
    {
        // The first channel counts up by one a step, the second empties the cell: 12,000 is more than any format holds.
        const int Steps = 12_000;
        var builder = new NetworkBuilder(1, 1);
        builder.Recurrent("count", builder.Input("x", 1, 2), CellKind.Lstm, 1, node => node with
        {
            InputWeights = new FloatTensor([4, 2], [0, 0, 0, 0, 0, -40, 10, 0]),
            RecurrentWeights = new FloatTensor([4, 1], [0, 0, 0, 0]),
            InputBias = new FloatTensor([4], [20, 20, 20, 0]),
            RecurrentBias = new FloatTensor([4], [0, 0, 0, 0]),
        });
        builder.Output("count/Y");
        float[][] rows = [.. Enumerable.Range(0, Steps).Select(static _ => new[] { 1f, 0f }), [0f, 1f], [0f, 0f]];
        ModelDefinition definition = Quantizer.Quantize(builder.Build(), CalibrationData.FromStream(rows)).Definition;
        Assert.Equal(18, definition.Layers[0].CellFractionBits);
        Assert.Equal(8192, definition.Layers[0].CellRange);
        using LatchModel model = LatchModel.Create(definition);
        Session session = model.CreateSession();
        var result = new float[1];
        for (int step = 0; step < Steps + 2; step++)
        {
            session.Step(rows[step], result);
            double expected = step < Steps ? Math.Tanh(step + 1) : 0;
            Assert.Equal(expected, result[0], 2e-3);
        }
    }

    [Fact]
    public void Quantize_LongMemory_Survives()
    {
        // Forget gate 1 - 1/1000 by its bias: a pulse in the first step decays with a half-life of 693 steps.
        const int Steps = 1400;
        var builder = new NetworkBuilder(1, 1);
        float forget = (float)Math.Log(999);
        builder.Recurrent("memory", builder.Input("x", 1, 1), CellKind.Lstm, 1, node => node with
        {
            InputWeights = new FloatTensor([4, 1], [10, 0, 0, 1]),
            RecurrentWeights = new FloatTensor([4, 1], [0, 0, 0, 0]),
            InputBias = new FloatTensor([4], [-5, 20, forget, 0]),
            RecurrentBias = new FloatTensor([4], [0, 0, 0, 0]),
        });
        builder.Output("memory/Y");
        float[][] pulse = [.. Enumerable.Range(0, Steps).Select(static step => new[] { step == 0 ? 1f : 0f })];
        ModelDefinition definition = Quantizer.Quantize(builder.Build(), CalibrationData.FromStream(pulse)).Definition;
        using LatchModel model = LatchModel.Create(definition);
        Session session = model.CreateSession();
        var result = new float[1];
        double first = 0;
        int half = 0;
        for (int step = 0; step < Steps; step++)
        {
            session.Step(pulse[step], result);
            double cell = Math.Atanh(result[0]);
            if (step == 0)
                first = cell;
            else if (cell > first / 2)
                half = step;
        }
        Assert.InRange(half, 693 * 0.9, 693 * 1.1);
    }

    [Fact]
    public void Quantize_StreamForAWindowModel_SaysWhatToDo()
    {
        var builder = new NetworkBuilder(1, 4);
        builder.Output(builder.Dense("d", builder.Input("x", 4, 4), 2));
        QuantizeException exception = Assert.Throws<QuantizeException>(() => Quantizer.Quantize(builder.Build(), CalibrationData.FromStream([new float[4]])));
        Assert.Contains("windows", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Quantize_StreamForAModelThatCannotBeStreamed_SaysWhyAndWhatToDo()
    {
        // As a window of one step it would forget everything after each row.
        FloatModel Build(int steps)
        {
            var builder = new NetworkBuilder(1, steps);
            builder.Recurrent("forward", builder.Input("x", steps, 4), CellKind.Gru, 6);
            builder.Recurrent("backward", "x", CellKind.Gru, 6, static node => node with { Reverse = true });
            builder.Output("forward/Y");
            builder.Output("backward/Y");
            return builder.Build();
        }
        CalibrationData stream = CalibrationData.FromStream([.. NetworkBuilder.Windows(1, 10, 1, 4)]);
        QuantizeException exception = Assert.Throws<QuantizeException>(() => Quantizer.Quantize(Build(1), stream, null, Build));
        Assert.Contains("'backward'", exception.Message, StringComparison.Ordinal);
        Assert.Contains("--steps", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Quantize_UnsupportedReduction_NamesNodeAndWhatIsSupported()
    {
        var builder = new NetworkBuilder(1, 4);
        builder.Output(builder.Add(new ReduceNode("product", Import.Graph.ReduceOperation.Prod, builder.Input("x", 4, 4), "y", [0, 1], false)));
        QuantizeException exception = Assert.Throws<QuantizeException>(() => Quantizer.Quantize(builder.Build(), Data(4)));
        Assert.Equal("product", exception.Node);
        Assert.Contains("softmax", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Quantize_ArctangentOfMoreThan128_NamesNodeAndLimit()
    {
        var builder = new NetworkBuilder(1, 1);
        builder.Output(builder.Add(new ActivationNode("angle", Import.Graph.ActivationKind.Atan, builder.Input("x", 2), "y"), 2));
        QuantizeException exception = Assert.Throws<QuantizeException>(() => Quantizer.Quantize(builder.Build(), CalibrationData.FromWindows([[-200, 3]])));
        Assert.Equal("angle", exception.Node);
        Assert.Contains("the input of Atan reaches 200, beyond +-128", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void FromWindows_NumberThatIsNotFinite_IsRefused(float value) =>
        Assert.Throws<QuantizeException>(() => CalibrationData.FromWindows([[1, 2], [3, value]]));

    [Fact]
    public void Compare_Model_SeesOutputsTensorsAndGates()
    {
        ModelDefinition definition = Lstm(8);
        Comparison comparison = ModelComparison.Compare(LstmModel(8), definition, Data(8), cancellation: TestContext.Current.CancellationToken);
        SignalError output = Assert.Single(comparison.Outputs);
        Assert.Equal("head:z", output.Name);
        Assert.InRange(output.SqnrDb, 25, 100);
        Assert.Equal(40, comparison.ErrorOverTime.Count);
        Assert.Equal(output.Largest, Math.Abs(comparison.Worst[0].Integer - comparison.Worst[0].Float), 1e-9);
        Assert.Contains(comparison.States, static state => state is { Quantity: "cell", Gate: "" });
        Assert.Contains(comparison.States, static state => state is { Quantity: "gate", Gate: "forget" });
        Assert.Equal(8 * 40, Assert.Single(comparison.Saturations).Steps);
    }

    [Fact]
    public void Compare_Input_ErrsByItsOwnRounding()
    {
        // Rounding to steps of s leaves an error that is uniform over one step: s / sqrt(12) rms.
        ModelDefinition definition = Lstm(8);
        double scale = definition.Layers[0].Input.Scale;
        Comparison comparison = ModelComparison.Compare(LstmModel(8), definition, Data(8), cancellation: TestContext.Current.CancellationToken);
        TensorError input = comparison.Tensors.Single(static tensor => tensor.Error.Name == "x");
        Assert.Equal(8, input.Bits);
        Assert.Equal(scale / Math.Sqrt(12), input.OwnRms, 1e-12);
        Assert.InRange(input.Error.Rms, 0.9 * input.OwnRms, 1.1 * input.OwnRms);
        Assert.Equal(0, input.DropDb);
    }

    [Fact]
    public void Quantize_ChannelsThatNormalise_DoesNotNormaliseCalibrationDataAgain()
    {
        QuantizeOptions options = new() { Channels = [.. Enumerable.Range(0, 4).Select(static i => new Channel($"c{i}", "", ChannelTransform.None, 1000, 500))] };
        IReadOnlyDictionary<string, double> with = Quantizer.Quantize(LstmModel(8), Data(8), options).Definition.Provenance.Figures;
        Assert.Equal(Quantizer.Quantize(LstmModel(8), Data(8)).Definition.Provenance.Figures, with);
    }

    private static CalibrationData Data(int steps) => CalibrationData.FromWindows(NetworkBuilder.Windows(9, 40, steps, 4));

    private static ModelDefinition Lstm(int steps) => Quantizer.Quantize(LstmModel(steps), Data(steps), null, LstmModel).Definition;

    private static FloatModel LstmModel(int steps)
    {
        var builder = new NetworkBuilder(1, steps);
        builder.Recurrent("layer", builder.Input("x", steps, 4), CellKind.Lstm, 6);
        builder.Output(builder.Dense("head", "layer/Y", 2));
        return builder.Build();
    }
}
