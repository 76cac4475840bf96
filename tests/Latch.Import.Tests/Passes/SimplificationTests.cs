using Latch.Import.Graph;
using Latch.Import.Tests.Support;

namespace Latch.Import.Tests.Passes;

/// <summary>Nodes that do nothing, or that a neighbour can do, disappear, and the outputs stay what ONNX Runtime says.</summary>
public sealed class SimplificationTests
{
    [Fact]
    public void Import_BatchNormalizationBehindADenseLayer_IsInItsWeights()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 3);
        Normalize(writer, writer.Node("MatMul", ["x", writer.Floats(new Random(1), 1, 3, 5)]), 5, "y");

        Assert.Equal(["DenseNode"], Kinds(Check(writer)));
    }

    [Fact]
    public void Import_BatchNormalizationBeforeADenseLayer_IsInItsWeights()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 3);
        Normalize(writer, "x", 3, "n");
        writer.Node("Gemm", ["n", writer.Floats(new Random(1), 1, 3, 5), writer.Floats(new Random(2), 1, 5)], ["y"]);
        writer.Model.Graph.Output[0].Name = "y";

        Assert.Equal(["DenseNode"], Kinds(Check(writer)));
    }

    [Theory]
    [InlineData("Mul", "Add")]
    [InlineData("Div", "Sub")]
    [InlineData("Add", "Mul")]
    public void Import_FactorsAndShiftsBehindADenseLayer_AreInItsWeights(string first, string second)
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 4, 3);
        string product = writer.Node("MatMul", ["x", writer.Floats(new Random(1), 1, 3, 5)]);
        string flat = writer.Node("Reshape", [product, writer.Integers(4, 5)]);
        string scaled = writer.Node(first, [flat, writer.Floats([5], [1, 2, -3, 4, 0.5f])]);
        writer.Node(second, [scaled, writer.Floats([], [0.75f])], ["y"]);
        writer.Output("y");

        Assert.Equal(["DenseNode", "ReshapeNode"], Kinds(Check(writer)));
    }

    [Fact]
    public void Import_DenseLayerThatOthersRead_KeepsItsWeights()
    {
        OnnxWriter writer = SmallModels.Dense([1, 2, 3, 4, 5, 6]);
        writer.Node("Mul", ["y", writer.Floats([2], [2, 3])], ["z"]);
        writer.Output("z");

        Assert.Equal(["DenseNode", "BinaryNode"], Kinds(Check(writer)));
    }

    [Fact]
    public void Import_ProductWithZeroAddedToAValue_IsNothing()
    {
        // A model that reads an input only to multiply it with zero.
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 3);
        writer.Input("rate", 1, 1);
        writer.Node("Add", [writer.Node("Tanh", ["x"]), writer.Node("Mul", ["rate", writer.Floats([], [0])])], ["y"]);
        writer.Output("y");

        FloatModel model = OnnxImporter.Import(writer.ToBytes(), "model.onnx");

        Assert.Equal(["x"], model.Inputs.Select(input => input.Name));
        Assert.Equal("ActivationNode", Kinds(model)[0]);
        Assert.Contains("the input 'rate' was dropped: no output depends on it", model.Notes);
        using OnnxOracle oracle = new(writer.ToBytes());
        Dictionary<string, float[]> expected = oracle.Run([("x", [1, 3], [1, -2, 3]), ("rate", [1, 1], [5])]);
        Assert.InRange(Agreement.Largest(expected, new Latch.Import.Reference.FloatReference(model).Run(new Dictionary<string, float[]> { ["x"] = [1, -2, 3] })), 0, 1e-6);
    }

    [Fact]
    public void Import_SumsAndProductsThatDoNothing_Disappear()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 3);
        string value = writer.Node("Tanh", ["x"]);
        value = writer.Node("Add", [value, writer.Floats([3], [0, 0, 0])]);
        value = writer.Node("Mul", [writer.Floats([], [1]), value]);
        value = writer.Node("Div", [value, writer.Floats([], [1])]);
        writer.Node("Relu", [value], ["y"]);
        writer.Output("y");

        Assert.Equal(["ActivationNode", "ActivationNode"], Kinds(Check(writer)));
    }

    [Fact]
    public void Import_SumWithZerosThatWidens_Stays()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 3);
        writer.Node("Add", ["x", writer.Floats([2, 3], new float[6])], ["y"]);
        writer.Output("y");

        Assert.Equal([2, 3], Check(writer).Outputs[0].Shape);
    }

    [Fact]
    public void Import_TranspositionsThatUndoEachOther_AreNone()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 2, 3, 4);
        string value = writer.Node("Tanh", ["x"]);
        value = writer.Node("Transpose", [value], ("perm", new long[] { 2, 0, 1 }));
        value = writer.Node("Transpose", [value], ("perm", new long[] { 1, 2, 0 }));
        writer.Node("Relu", [value], ["y"]);
        writer.Output("y");

        FloatModel model = Check(writer);

        Assert.Empty(model.Nodes.OfType<TransposeNode>());
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData("time", 1)]
    public void Import_TranspositionOfAnAxisOfLengthOne_IsAShapeUnlessTheAxisIsOpen(object axis, int transpositions)
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, axis, 4);
        writer.Node("Tanh", [writer.Node("Transpose", ["x"], ("perm", new long[] { 1, 0, 2 }))], ["y"]);
        writer.Output("y");

        Assert.Equal(transpositions, Check(writer).Nodes.OfType<TransposeNode>().Count());
    }

    [Fact]
    public void Import_TranspositionsAndShapesInARow_AreOneEach()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 2, 3, 4);
        string value = writer.Node("Transpose", ["x"], ("perm", new long[] { 2, 0, 1 }));
        value = writer.Node("Transpose", [value], ("perm", new long[] { 0, 2, 1 }));
        value = writer.Node("Unsqueeze", [value, writer.Integers(0)]);
        value = writer.Node("Squeeze", [value, writer.Integers(0)]);
        writer.Node("Reshape", [value, writer.Integers(6, 4)], ["y"]);
        writer.Output("y");

        Assert.Equal(["TransposeNode", "ReshapeNode"], Kinds(Check(writer)));
    }

    private static void Normalize(OnnxWriter writer, string value, int channels, string output)
    {
        Random random = new(7);
        float[] variance = [.. Enumerable.Range(0, channels).Select(_ => 0.5f + random.NextSingle())];
        writer.Node(
            "BatchNormalization",
            [value, writer.Floats(random, 1, channels), writer.Floats(random, 1, channels), writer.Floats(random, 1, channels), writer.Floats([channels], variance)],
            [output]);
        writer.Output(output);
    }

    private static string[] Kinds(FloatModel model) => [.. model.Nodes.Select(node => node.GetType().Name)];

    private static FloatModel Check(OnnxWriter writer)
    {
        byte[] bytes = writer.ToBytes();
        FloatModel model = OnnxImporter.Import(bytes, "model.onnx");
        using OnnxOracle oracle = new(bytes);
        Assert.InRange(Agreement.WithOracle(model, oracle, Agreement.RandomInputs(model, new Random(1)), scaleAbove: 1), 0, 2e-6);
        return model;
    }
}
