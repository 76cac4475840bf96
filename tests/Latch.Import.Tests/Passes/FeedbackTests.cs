using Latch.Import.Graph;
using Latch.Import.Passes;
using Latch.Import.Tests.Support;

namespace Latch.Import.Tests.Passes;

/// <summary>Cells whose later inputs are computed from their own earlier states: no recurrent layer gets those, since it takes the inputs of all steps at once.</summary>
public sealed class FeedbackTests
{
    private const int Inputs = 3;
    private const int Units = 4;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Import_PredictionIsTheNextInput_AgreesWithOnnxRuntime(bool resetAfter)
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, Inputs);
        string weights = writer.Floats(new Random(9), 0.6f, Units, Inputs);
        string h = writer.Floats([1, Units], new float[Units]), x = "x";
        for (int step = 0; step < 3; step++)
        {
            h = GruCell.Write(writer, x, h, Inputs, Units, resetAfter, "n + z (h - n)", "Sigmoid", "Tanh");
            x = writer.Node("MatMul", [h, weights]);
        }
        writer.Node("Identity", [x], ["y"]);
        writer.Output("y");

        Check(writer);
    }

    [Fact]
    public void Import_UpperLayerFeedsTheLowerOne_AgreesWithOnnxRuntime()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 3, 1, Inputs);
        string lower = writer.Floats([1, Units], new float[Units]), upper = writer.Floats([1, Units], new float[Units]);
        for (int step = 0; step < 3; step++)
        {
            string row = writer.Node("Gather", ["x", writer.Scalar(step)], ("axis", 0));
            lower = GruCell.Write(writer, writer.Node("Concat", [row, upper], ("axis", 1)), lower, Inputs + Units, Units, true, "n + z (h - n)", "Sigmoid", "Tanh");
            upper = GruCell.Write(writer, lower, upper, Units, Units, false, "n + z (h - n)", "Sigmoid", "Tanh");
        }
        writer.Node("Identity", [upper], ["y"]);
        writer.Output("y");

        Check(writer);
    }

    [Fact]
    public void Of_NodesThatFeedOneAnother_Throws()
    {
        ActivationNode first = new("first", ActivationKind.Tanh, "b", "a"), second = new("second", ActivationKind.Tanh, "a", "b");

        Assert.Throws<InvalidOperationException>(() => NodeOrder.Of([first, second]));
        Assert.Throws<InvalidOperationException>(() => NodeOrder.Of([new BinaryNode("own", BinaryOperation.Add, "x", "y", "y")]));
    }

    [Fact]
    public void Of_NodesOutOfOrder_PutsEachBehindThoseThatFeedIt()
    {
        ActivationNode first = new("first", ActivationKind.Tanh, "x", "a"), second = new("second", ActivationKind.Tanh, "a", "b");
        BinaryNode third = new("third", BinaryOperation.Add, "b", "a", "c");

        Assert.Equal([first, second, third], NodeOrder.Of([third, second, first]));
    }

    private static void Check(OnnxWriter writer)
    {
        byte[] bytes = writer.ToBytes();

        FloatModel model = OnnxImporter.Import(bytes, "feedback.onnx");

        using OnnxOracle oracle = new(bytes);
        Assert.InRange(Agreement.WithOracle(model, oracle, Agreement.RandomInputs(model, new Random(1))), 0, 3e-6);
    }
}
