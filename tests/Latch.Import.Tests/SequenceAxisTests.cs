using Latch.Import.Graph;
using Latch.Import.Tests.Support;

namespace Latch.Import.Tests;

/// <summary>Which open dimension becomes the batch and which the sequence axis.</summary>
public sealed class SequenceAxisTests
{
    [Theory]
    [InlineData("time", "batch", false)]
    [InlineData("seq_len", "N", false)]
    [InlineData(null, null, false)]
    [InlineData(null, 1, false)]
    [InlineData("a", "b2", false)]
    [InlineData("batch", "time", false)] // misleading names: the graph decides
    [InlineData("batch", "time", true)]
    [InlineData(null, null, true)]
    [InlineData(1, null, true)]
    [InlineData("unk__1", "unk__2", true)]
    public void Import_OpenSteps_TakesTheStepsAskedForOrOne(object? first, object? second, bool batchFirst)
    {
        byte[] bytes = Recurrent(first, second, batchFirst).ToBytes();

        Assert.Equal(1, OnnxImporter.Import(bytes, "model").Steps);
        FloatModel model = OnnxImporter.Import(bytes, "model", new ImportOptions { Steps = 9 });
        Assert.Equal(9, model.Steps);
        Assert.Equal(batchFirst ? [1, 9, 3] : [9, 1, 3], model.Inputs[0].Shape);
    }

    [Theory]
    [InlineData(7, 1, false)]
    [InlineData(7, "batch", false)]
    [InlineData(7, null, false)]
    [InlineData(null, 7, true)]
    [InlineData("unk__0", 7, true)]
    public void Import_FixedSteps_TakesTheFilesNumber(object? first, object? second, bool batchFirst)
    {
        FloatModel model = OnnxImporter.Import(Recurrent(first, second, batchFirst).ToBytes(), "model");

        Assert.Equal(7, model.Steps);
        Assert.Equal(batchFirst ? [1, 7, 3] : [7, 1, 3], model.Inputs[0].Shape);
    }

    [Fact]
    public void Import_StateInputs_TakeTheBatch()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", null, null, 3);
        writer.Input("h", 1, null, 4);
        Random random = new(1);
        string[] inputs = ["x", writer.Floats(random, 1, 1, 12, 3), writer.Floats(random, 1, 1, 12, 4), "", "", "h"];
        writer.Node("GRU", inputs, ["y"], ("hidden_size", 4));
        writer.Output("y");

        FloatModel model = OnnxImporter.Import(writer.ToBytes(), "model", new ImportOptions { Steps = 6 });

        Assert.Equal([6, 1, 3], model.Inputs[0].Shape);
        Assert.Equal([1, 1, 4], model.Inputs[1].Shape);
    }

    [Theory]
    [InlineData(null, null, new[] { 1, 8, 3 })]
    [InlineData("time", "batch", new[] { 8, 1, 3 })]
    [InlineData(1, "time", new[] { 1, 8, 3 })]
    public void Import_NoRecurrentNode_TakesNamesThenPositions(object? first, object? second, int[] shape)
    {
        OnnxWriter writer = new(13);
        writer.Input("x", first, second, 3);
        writer.Node("Relu", ["x"], ["y"]);
        writer.Output("y");

        FloatModel model = OnnxImporter.Import(writer.ToBytes(), "model", new ImportOptions { Steps = 8 });

        Assert.Equal((8, shape.Length), (model.Steps, model.Inputs[0].Shape.Length));
        Assert.Equal(shape, model.Inputs[0].Shape);
    }

    [Fact]
    public void Import_GraphThatOnlyHoldsForOneStep_ImportsForOneStep()
    {
        OnnxWriter writer = Recurrent("time", "batch", batchFirst: false);
        writer.Node("Reshape", ["y", writer.Integers(1, 4)], ["z"]);
        writer.Model.Graph.Output[0].Name = "z";

        Assert.Equal(1, OnnxImporter.Import(writer.ToBytes(), "model").Steps);
    }

    [Theory]
    [InlineData(22)]
    [InlineData(23)]
    [InlineData(24)]
    [InlineData(25)]
    public void Import_NewOperatorSet_IsTheSameLayer(int opset)
    {
        OnnxWriter writer = SmallModels.Lstm(opset);
        writer.Model.IrVersion = 10;
        FloatModel model = OnnxImporter.Import(writer.ToBytes(), "model", new ImportOptions { Steps = 4 });

        using OnnxOracle oracle = new(writer.ToBytes());
        Assert.InRange(Agreement.WithOracle(model, oracle, Agreement.RandomInputs(model, new Random(1))), 0, 1e-6);
    }

    private static OnnxWriter Recurrent(object? first, object? second, bool batchFirst)
    {
        OnnxWriter writer = new(13);
        string x = writer.Input("x", first, second, 3);
        Random random = new(1);
        if (batchFirst)
            x = writer.Node("Transpose", [x], ("perm", new long[] { 1, 0, 2 }));
        string[] inputs = [x, writer.Floats(random, 1, 1, 16, 3), writer.Floats(random, 1, 1, 16, 4)];
        writer.Node("LSTM", inputs, ["y"], ("hidden_size", 4));
        writer.Output("y");
        return writer;
    }
}
