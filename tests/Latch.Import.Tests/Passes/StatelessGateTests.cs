using Latch.Import.Graph;
using Latch.Import.Tests.Support;

namespace Latch.Import.Tests.Passes;

/// <summary>Gates that look like a step of a cell, but nothing carries a state: they begin anew with every step, so that no layer may take their place.</summary>
public sealed class StatelessGateTests
{
    private const int Inputs = 3;
    private const int Units = 4;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Import_GruGateBetweenTwoLayers_StaysAsItIs(bool resetAfter)
    {
        // The gate of a gated transformer: what a layer adds is blended with what goes into it.
        OnnxWriter writer = new(13);
        writer.Input("x", 1, Units);
        string layer = writer.Node("Relu", [Product(writer, new Random(3), "x", Units)]);
        writer.Node("Identity", [GruCell.Write(writer, layer, "x", Units, Units, resetAfter, "(1 - z) h + z n", "Sigmoid", "Tanh")], ["y"]);
        writer.Output("y");

        Check(writer, "x");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Import_GruGateThatFusesTwoInputs_StaysAsItIs(bool resetAfter)
    {
        OnnxWriter writer = new(13);
        writer.Input("left", 1, Inputs);
        writer.Input("right", 1, Units);
        writer.Node("Identity", [GruCell.Write(writer, "left", "right", Inputs, Units, resetAfter, "(1 - z) n + z h", "Sigmoid", "Tanh")], ["y"]);
        writer.Output("y");

        Check(writer, "left", "right");
    }

    [Fact]
    public void Import_GruGatesOverSeveralLayers_StayAsTheyAre()
    {
        // The same weights again and again, but each layer reads what the gate before yields.
        OnnxWriter writer = new(13);
        writer.Input("x", 1, Units);
        string weights = writer.Floats(new Random(3), 0.6f, Units, Units), value = "x";
        for (int layer = 0; layer < 3; layer++)
            value = GruCell.Write(writer, writer.Node("Relu", [writer.Node("MatMul", [value, weights])]), value, Units, Units, true, "(1 - z) h + z n", "Sigmoid", "Tanh");
        writer.Node("Identity", [value], ["y"]);
        writer.Output("y");

        Check(writer, "x");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Import_LstmGate_StaysAsItIs(bool twoInputs)
    {
        // o tanh(f x + i k), all of them of x, or of x and another input.
        OnnxWriter writer = new(13);
        Random random = new(3);
        writer.Input("x", 1, Units);
        if (twoInputs)
            writer.Input("e", 1, Inputs);
        string Sum() => twoInputs ? writer.Node("Add", [Product(writer, random, "x", Units), Product(writer, random, "e", Inputs)]) : Product(writer, random, "x", Units);
        string[] gates = [.. "foi".Select(_ => writer.Node("Sigmoid", [Sum()]))];
        string cell = writer.Node("Add", [writer.Node("Mul", [gates[0], "x"]), writer.Node("Mul", [gates[2], writer.Node("Tanh", [Sum()])])]);
        writer.Node("Mul", [gates[1], writer.Node("Tanh", [cell])], ["y"]);
        writer.Output("y");

        Check(writer, twoInputs ? ["x", "e"] : ["x"]);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Import_CellWithoutRecurrentMatrix_KeepsItsStateAsAPort(bool embedded, bool twoInputs)
    {
        // SRU, QRNN: c = f c' + i k and h = o tanh(c), with gates of the input alone.
        OnnxWriter writer = new(13);
        Random random = new(3);
        writer.Input("x", 1, Units);
        if (twoInputs)
            writer.Input("e", 1, Inputs);
        writer.Input("c_in", 1, Units);
        string x = embedded ? writer.Node("Relu", [Product(writer, random, "x", Units)]) : "x";
        string Sum() => twoInputs ? writer.Node("Add", [Product(writer, random, x, Units), Product(writer, random, "e", Inputs)]) : Product(writer, random, x, Units);
        string[] gates = [.. "foi".Select(_ => writer.Node("Sigmoid", [Sum()]))];
        writer.Node("Add", [writer.Node("Mul", [gates[0], "c_in"]), writer.Node("Mul", [gates[2], writer.Node("Tanh", [Sum()])])], ["c_out"]);
        writer.Node("Mul", [gates[1], writer.Node("Tanh", ["c_out"])], ["y"]);
        writer.Output("y");
        writer.Output("c_out");
        byte[] bytes = writer.ToBytes();

        FloatModel model = OnnxImporter.Import(bytes, "cell.onnx");

        Assert.Empty(model.Nodes.OfType<RecurrentNode>());
        Assert.Equal([new StatePair("c_in", "c_out")], model.States);
        Assert.Equal(twoInputs ? ["x", "e"] : ["x"], model.Inputs.Select(input => input.Name));
        Assert.InRange(StatefulAgreement.Largest(bytes, model, 6, ("c_in", "c_out")), 0, 3e-6);
    }

    [Fact]
    public void Import_InputAndOutputBehindTheFirstOnes_AreTheStateOfACell()
    {
        OnnxWriter writer = new(13);
        writer.Input("first", 1, Inputs);
        writer.Input("second", 1, Units);
        string h = GruCell.Write(writer, "first", "second", Inputs, Units, true, "(1 - z) n + z h", "Sigmoid", "Tanh");
        writer.Node("Neg", [h], ["result"]);
        writer.Node("Identity", [h], ["other"]);
        writer.Output("result");
        writer.Output("other");
        byte[] bytes = writer.ToBytes();

        FloatModel model = OnnxImporter.Import(bytes, "cell.onnx");

        Assert.Single(model.Nodes.OfType<RecurrentNode>());
        Assert.Equal([new StatePair("second", "other")], model.LayerStates);
        Assert.InRange(StatefulAgreement.Largest(bytes, model, 6, ("second", "other")), 0, 3e-6);
    }

    [Fact]
    public void Import_NoStates_LeavesCellsAsTheyAre()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, Inputs);
        writer.Input("h0", 1, Units);
        string h = GruCell.Write(writer, "x", "h0", Inputs, Units, true, "(1 - z) n + z h", "Sigmoid", "Tanh");
        writer.Node("Neg", [h], ["y"]);
        writer.Node("Identity", [h], ["hn"]);
        writer.Output("y");
        writer.Output("hn");

        Check(writer, new ImportOptions { States = [] }, "x", "h0");
    }

    private static string Product(OnnxWriter writer, Random random, string value, int inputs) =>
        writer.Node("MatMul", [value, writer.Floats(random, 0.6f, inputs, Units)]);

    private static void Check(OnnxWriter writer, params string[] inputs) => Check(writer, new ImportOptions(), inputs);

    /// <summary>No layer, no state, and the outputs of ONNX Runtime in every step.</summary>
    private static void Check(OnnxWriter writer, ImportOptions options, params string[] inputs)
    {
        byte[] bytes = writer.ToBytes();

        FloatModel model = OnnxImporter.Import(bytes, "gate.onnx", options);

        Assert.Empty(model.Nodes.OfType<RecurrentNode>());
        Assert.Equal(inputs, model.Inputs.Select(input => input.Name));
        Assert.Empty(model.States);
        Assert.Empty(model.LayerStates);
        Assert.InRange(StatefulAgreement.Largest(bytes, model, 4), 0, 3e-6);
    }
}
