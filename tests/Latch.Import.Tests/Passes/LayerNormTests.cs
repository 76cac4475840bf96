using Latch.Import.Graph;
using Latch.Import.Tests.Support;

namespace Latch.Import.Tests.Passes;

/// <summary>Layer normalization that is written out becomes one node.</summary>
public sealed class LayerNormTests
{
    private const int Features = 6;

    [Theory]
    [InlineData("Mul", "Pow", "Div", 1, true, true)]
    [InlineData("Pow", "Pow", "Div", 1, true, true)]
    [InlineData("Pow", "Pow", "inverse", 1, true, true)]
    [InlineData("Mul", "Pow", "1 / root", 1, true, true)]
    [InlineData("Mul", "Sqrt", "Div", 1, true, true)]
    [InlineData("Pow", "Sqrt", "Reciprocal", 1, true, true)]
    [InlineData("Mul", "Pow", "Div", 2, true, true)]
    [InlineData("Mul", "Pow", "Div", 1, false, false)]
    [InlineData("Mul", "Pow", "Div", 1, true, false)]
    [InlineData("Mul", "Pow", "Div", 1, false, true)]
    public void Import_Spelling_IsOneNodeThatAgreesWithOnnxRuntime(string square, string root, string quotient, int axes, bool scale, bool bias)
    {
        byte[] bytes = Write(square, root, quotient, axes, scale, bias, sameMean: true).ToBytes();

        FloatModel model = OnnxImporter.Import(bytes, "norm.onnx");

        LayerNormNode node = Assert.IsType<LayerNormNode>(Assert.Single(model.Nodes));
        Assert.Equal(("y", 3 - axes, 0.01f), (node.Output, node.Axis, node.Epsilon));
        Assert.Equal(bias, node.Bias is not null);
        using OnnxOracle oracle = new(bytes);
        Assert.InRange(Agreement.WithOracle(model, oracle, Agreement.RandomInputs(model, new Random(1))), 0, 2e-6);
    }

    [Fact]
    public void Import_DeviationOfAnotherValue_StaysAsItIs()
    {
        byte[] bytes = Write("Mul", "Pow", "Div", 1, true, true, sameMean: false).ToBytes();

        FloatModel model = OnnxImporter.Import(bytes, "norm.onnx");

        Assert.Empty(model.Nodes.OfType<LayerNormNode>());
        using OnnxOracle oracle = new(bytes);
        Assert.InRange(Agreement.WithOracle(model, oracle, Agreement.RandomInputs(model, new Random(1))), 0, 2e-6);
    }

    private static OnnxWriter Write(string square, string root, string quotient, int axes, bool scale, bool bias, bool sameMean)
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 4, Features);
        long[] last = axes == 1 ? [-1] : [1, 2];
        string Centred(string value) => writer.Node("Sub", [value, writer.Node("ReduceMean", [value], ("axes", last))]);
        string centred = Centred("x");
        string other = sameMean ? Centred("x") : Centred(writer.Node("Tanh", ["x"]));
        string squares = square == "Mul" ? writer.Node("Mul", [other, other]) : writer.Node("Pow", [other, writer.Floats([], [2])]);
        string variance = writer.Node("Add", [writer.Node("ReduceMean", [squares], ("axes", last)), writer.Floats([], [0.01f])]);
        string value = quotient == "inverse"
            ? writer.Node("Mul", [writer.Node("Pow", [variance, writer.Floats([], [-0.5f])]), centred])
            : Quotient(writer, centred, root == "Sqrt" ? writer.Node(root, [variance]) : writer.Node(root, [variance, writer.Floats([], [0.5f])]), quotient);
        int[] shape = axes == 1 ? [Features] : [4, Features];
        if (scale)
            value = writer.Node("Mul", [value, writer.Floats(new Random(2), 1, shape)]);
        if (bias)
            value = writer.Node("Add", [writer.Floats(new Random(3), 1, shape), value]);
        writer.Model.Graph.Node[^1].Output[0] = "y";
        writer.Output("y");
        return writer;
    }

    private static string Quotient(OnnxWriter writer, string centred, string deviation, string quotient) => quotient == "Div"
        ? writer.Node("Div", [centred, deviation])
        : writer.Node("Mul", [centred, quotient == "Reciprocal" ? writer.Node(quotient, [deviation]) : writer.Node("Div", [writer.Floats([], [1]), deviation])]);
}
