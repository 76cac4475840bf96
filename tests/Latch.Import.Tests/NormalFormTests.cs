using Latch.Import.Graph;
using Latch.Import.Tests.Support;

namespace Latch.Import.Tests;

/// <summary>What the importer makes of a graph: nodes, names, folded constants.</summary>
public sealed class NormalFormTests
{
    [Fact]
    public void Import_Lstm_BecomesOneRecurrentNodeBetweenReshapes()
    {
        FloatModel model = Import(SmallModels.Lstm(), steps: 6);

        Assert.Equal(["ReshapeNode", "RecurrentNode", "ReshapeNode"], model.Nodes.Select(n => n.GetType().Name));
        RecurrentNode node = Assert.Single(model.Nodes.OfType<RecurrentNode>());
        Assert.Equal("node_3", node.Name);
        Assert.Equal((CellKind.Lstm, 6, 3, 4, 4), (node.Cell, node.Steps, node.InputSize, node.HiddenSize, node.Gates));
        Assert.Equal([6, 3], model.Shape(node.X));
        Assert.Equal([6, 4], model.Shape(node.Y!));
        Assert.Null(node.FinalH);
        Assert.Null(node.FinalC);
        Assert.Equal([6, 1, 4], model.Outputs[0].Shape);
    }

    [Fact]
    public void Import_OtherSteps_KeepsNodeAndValueNames()
    {
        FloatModel one = Import(SmallModels.Lstm(), steps: 1);
        FloatModel many = Import(SmallModels.Lstm(), steps: 30);

        Assert.Equal(one.Nodes.Select(n => n.Name), many.Nodes.Select(n => n.Name));
        Assert.Equal(one.Nodes.SelectMany(n => n.Outputs), many.Nodes.SelectMany(n => n.Outputs));
    }

    [Fact]
    public void Import_Bidirectional_BecomesTwoNodesWithTheirOwnWeights()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 5, 1, 2);
        float[] w = [.. Enumerable.Range(0, 12).Select(i => (float)i)];
        float[] r = [.. Enumerable.Range(0, 18).Select(i => i / 100f)];
        float[] b = [.. Enumerable.Range(0, 12).Select(i => i / 10f)];
        writer.Node(
            "RNN",
            ["x", writer.Floats([2, 3, 2], w), writer.Floats([2, 3, 3], r), writer.Floats([2, 6], b)],
            ["Y", "H"],
            ("hidden_size", 3),
            ("direction", "bidirectional"));
        writer.Output("Y");
        writer.Output("H");

        FloatModel model = Import(writer);

        RecurrentNode[] nodes = [.. model.Nodes.OfType<RecurrentNode>()];
        Assert.Equal(["node_3/forward", "node_3/reverse"], nodes.Select(n => n.Name));
        Assert.Equal([false, true], nodes.Select(n => n.Reverse));
        Assert.Equal(w[6..], nodes[1].InputWeights.Data);
        Assert.Equal(r[9..], nodes[1].RecurrentWeights.Data);
        Assert.Equal(b[..3], nodes[0].InputBias.Data);
        Assert.Equal(b[9..], nodes[1].RecurrentBias.Data);
        Assert.Equal(2, model.Nodes.OfType<ConcatNode>().Count());
        Assert.Equal([5, 2, 1, 3], model.Shape("Y"));
        Assert.Equal([2, 1, 3], model.Shape("H"));
    }

    [Fact]
    public void Import_InitialStates_ZeroIsDroppedConstantIsKeptInputIsRead()
    {
        OnnxWriter writer = SmallModels.Lstm();
        writer.Model.Graph.Node[0].Input.AddRange(["", writer.Floats([1, 1, 4], new float[4]), writer.Input("c", 1, "batch", 4)]);
        RecurrentNode zero = Import(writer).Nodes.OfType<RecurrentNode>().Single();
        writer.Model.Graph.Node[0].Input[5] = writer.Floats([1, 1, 4], [1, 2, 3, 4]);
        FloatModel model = Import(writer);
        RecurrentNode constant = model.Nodes.OfType<RecurrentNode>().Single();

        Assert.Null(zero.InitialH);
        Assert.NotNull(zero.InitialC);
        Assert.Equal([1, 2, 3, 4], model.Constants[constant.InitialH!].Data);
        Assert.Equal([4], model.Shape(constant.InitialH!));
        Assert.Equal(["x", "c"], model.Inputs.Select(i => i.Name));
    }

    [Fact]
    public void Import_MatMulThenAdd_BecomesOneDenseNodeWithTransposedWeights()
    {
        OnnxWriter writer = SmallModels.Dense();
        writer.Node("Add", [writer.Floats([2], [10, 20]), "y"], ["z"]);
        writer.Model.Graph.Output[0].Name = "z";

        FloatModel model = Import(writer);

        DenseNode node = Assert.IsType<DenseNode>(Assert.Single(model.Nodes));
        Assert.Equal([1, 3, 5, 2, 4, 6], node.Weights.Data);
        Assert.Equal([2, 3], node.Weights.Shape);
        Assert.Equal([10, 20], node.Bias!.Data);
        Assert.Equal("z", node.Output);
        Assert.Empty(model.Constants);
    }

    [Fact]
    public void Import_MatMulThatIsAlsoRead_KeepsTheAddition()
    {
        OnnxWriter writer = SmallModels.Dense();
        writer.Node("Add", ["y", writer.Floats([2], [10, 20])], ["z"]);
        writer.Output("z");

        Assert.Equal(["DenseNode", "BinaryNode"], Import(writer).Nodes.Select(n => n.GetType().Name));
    }

    [Theory]
    [InlineData(new[] { 3 }, new[] { 1 })]
    [InlineData(new[] { 1, 3, 2 }, new[] { 1, 1, 2 })]
    public void Import_MatMulWithAVectorOrSingleMatrix_BecomesADenseNode(int[] weights, int[] shape)
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 3);
        writer.Node("MatMul", ["x", writer.Floats(new Random(1), 1, weights)], ["y"]);
        writer.Output("y");

        FloatModel model = Import(writer);

        Assert.Equal(["DenseNode", "ReshapeNode"], model.Nodes.Select(n => n.GetType().Name));
        Assert.Equal(shape, model.Outputs[0].Shape);
    }

    [Fact]
    public void Import_UnsupportedOperatorThatNoOutputNeeds_IsLeftOut()
    {
        OnnxWriter writer = SmallModels.Dense();
        writer.Node("NonZero", ["x"]);

        Assert.Single(Import(writer).Nodes);
    }

    [Fact]
    public void Import_NodesOutOfOrder_AreOrdered()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 3);
        writer.Node("Tanh", ["b"], ["y"]);
        writer.Node("Relu", ["a"], ["b"]);
        writer.Node("Sigmoid", ["x"], ["a"]);
        writer.Output("y");

        Assert.Equal(["a", "b", "y"], Import(writer).Nodes.SelectMany(n => n.Outputs));
    }

    [Fact]
    public void Import_OutputsThatAreInputsConstantsOrCopies_HaveTheirNames()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 2);
        writer.Node("Identity", ["x"], ["copy"]);
        writer.Floats([2], [3, 4], "constant");
        writer.Node("Neg", ["constant"], ["folded"]);
        foreach (string name in new[] { "x", "copy", "constant", "folded" })
            writer.Output(name);

        FloatModel model = Import(writer);
        IReadOnlyDictionary<string, float[]> outputs = new Latch.Import.Reference.FloatReference(model).Run(
            new Dictionary<string, float[]> { ["x"] = [1, 2] });

        Assert.Equal(["copy"], model.Nodes.SelectMany(n => n.Outputs));
        Assert.Equal([1, 2], outputs["copy"]);
        Assert.Equal([1, 2], outputs["x"]);
        Assert.Equal([3, 4], outputs["constant"]);
        Assert.Equal([-3, -4], outputs["folded"]);
    }

    [Fact]
    public void Import_NodesWithoutOrWithTheSameName_GetNamesOfTheirOwn()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 3);
        writer.Node("Relu", ["x"], ["a"]);
        writer.Node("Tanh", ["a"], ["b"]);
        writer.Node("Tanh", ["b"], ["y"]);
        writer.Output("y");
        writer.Model.Graph.Node[0].Name = "";
        writer.Model.Graph.Node[1].Name = "same";
        writer.Model.Graph.Node[2].Name = "same";

        Assert.Equal(["Relu_a", "same", "same_2"], Import(writer).Nodes.Select(n => n.Name));
    }

    [Fact]
    public void Import_Model_CarriesWhereItCameFrom()
    {
        OnnxWriter writer = SmallModels.Dense();
        writer.Model.ProducerVersion = "1.17.0 None"; // as tf2onnx writes it
        writer.Floats(new Random(1), 1, 1000);
        byte[] bytes = writer.ToBytes();

        FloatModel model = OnnxImporter.Import(bytes, "folder/dense.onnx");

        Assert.Equal(6 * sizeof(float), model.FloatBytes);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)), model.SourceSha256);
        Assert.Equal(("graph", 13, "latch-tests 1.17.0"), (model.Name, model.Opset, model.Producer));
        using MemoryStream stream = new(bytes);
        Assert.Equal(model.SourceSha256, OnnxImporter.Import(stream, "dense.onnx").SourceSha256);
    }

    [Fact]
    public void Readme_Operators_AreThoseThatTheImporterSupports()
    {
        string text = File.ReadAllText(Path.Combine(SharedData.Repository, "quantize", "Latch.Import", "README.md"));
        string list = text.Split("<!-- operators -->")[1].Split("<!-- end -->")[0];

        Assert.Equal(OnnxImporter.SupportedOperators, list.Split([',', '\n', ' '], StringSplitOptions.RemoveEmptyEntries));
    }

    private static FloatModel Import(OnnxWriter writer, int? steps = null) =>
        OnnxImporter.Import(writer.ToBytes(), "model.onnx", new ImportOptions { Steps = steps });
}
