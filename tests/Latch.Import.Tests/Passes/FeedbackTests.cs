using Latch.Import.Graph;
using Latch.Import.Passes;
using Latch.Import.Tests.BadInput;
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

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Import_UpperLayerFeedsTheLowerOneInALoop_IsRefused(int steps)
    {
        ImportException refusal = Refusal.Of(Loop(), new ImportOptions { Steps = steps });

        Assert.Equal((ImportErrorCode.UnsupportedForm, "Scan", "body"), (refusal.Code, refusal.OperatorName, refusal.Attribute));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Import_PredictionIsTheNextInputInALoop_IsRefused(int steps)
    {
        OnnxWriter writer = new(13);
        writer.Input("x", "time", 1, Inputs);
        OnnxWriter body = new(13, "body_");
        body.Input("body_h", 1, Units);
        body.Input("body_before", 1, Inputs);
        body.Input("body_x", 1, Inputs);
        string h = GruCell.Write(body, body.Node("Add", ["body_x", "body_before"]), "body_h", Inputs, Units, true, "n + z (h - n)", "Sigmoid", "Tanh");
        body.Node("Identity", [h], ["body_h_out"]);
        body.Node("MatMul", [h, body.Floats(new Random(9), 0.6f, Units, Inputs)], ["body_prediction"]);
        body.Node("Identity", ["body_prediction"], ["body_y"]);
        foreach (string output in new[] { "body_h_out", "body_prediction", "body_y" })
            body.Output(output);
        string[] starts = [writer.Floats([1, Units], new float[Units]), writer.Floats([1, Inputs], new float[Inputs])];
        writer.Node("Scan", [.. starts, "x"], ["h", "prediction", "y"], ("body", body.Graph), ("num_scan_inputs", 1));
        writer.Output("y");

        Assert.Equal("Scan", Refusal.Of(writer, new ImportOptions { Steps = steps }).OperatorName);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Import_StateOfTheStepBeforeIsReadInALoop_IsNoConstant(int steps)
    {
        // What a loop of one step collects would be the state before the first step for ever.
        OnnxWriter writer = new(13);
        writer.Input("x", "time", 1, Inputs);
        OnnxWriter body = new(13, "body_");
        body.Input("body_h", 1, Units);
        body.Input("body_x", 1, Inputs);
        body.Node("Identity", [GruCell.Write(body, "body_x", "body_h", Inputs, Units, true, "n + z (h - n)", "Sigmoid", "Tanh")], ["body_h_out"]);
        body.Node("MatMul", ["body_h", body.Floats(new Random(9), 0.6f, Units, Inputs)], ["body_y"]);
        body.Output("body_h_out");
        body.Output("body_y");
        writer.Node("Scan", [writer.Floats([1, Units], new float[Units]), "x"], ["h", "y"], ("body", body.Graph), ("num_scan_inputs", 1));
        writer.Output("h");
        writer.Output("y");
        if (steps == 1)
        {
            Assert.Equal("Scan", Refusal.Of(writer, new ImportOptions { Steps = steps }).OperatorName);
            return;
        }
        byte[] bytes = writer.ToBytes();
        FloatModel model = OnnxImporter.Import(bytes, "loop.onnx", new ImportOptions { Steps = steps });
        using OnnxOracle oracle = new(bytes);
        Assert.InRange(Agreement.WithOracle(model, oracle, Agreement.RandomInputs(model, new Random(1))), 0, 3e-6);
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

        // Nothing hands a state from one run to the next: a layer would.
        Assert.Empty(model.Nodes.OfType<RecurrentNode>());
        Assert.InRange(StatefulAgreement.Largest(bytes, model, 4), 0, 3e-6);
    }

    /// <summary>x [time,1,I] through two layers, of which the lower one gets what the upper one yielded in the step before.</summary>
    private static OnnxWriter Loop()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", "time", 1, Inputs);
        OnnxWriter body = new(13, "body_");
        body.Input("body_lower", 1, Units);
        body.Input("body_upper", 1, Units);
        body.Input("body_x", 1, Inputs);
        string joined = body.Node("Concat", ["body_x", "body_upper"], ("axis", 1));
        string lower = GruCell.Write(body, joined, "body_lower", Inputs + Units, Units, true, "n + z (h - n)", "Sigmoid", "Tanh");
        string upper = GruCell.Write(body, lower, "body_upper", Units, Units, false, "n + z (h - n)", "Sigmoid", "Tanh");
        foreach ((string value, string output) in new[] { (lower, "body_lower_out"), (upper, "body_upper_out"), (upper, "body_y") })
        {
            body.Node("Identity", [value], [output]);
            body.Output(output);
        }
        string zeros = writer.Floats([1, Units], new float[Units]);
        writer.Node("Scan", [zeros, zeros, "x"], ["lower", "upper", "y"], ("body", body.Graph), ("num_scan_inputs", 1));
        writer.Output("y");
        return writer;
    }
}
