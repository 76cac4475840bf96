using Latch.Import.Graph;
using Latch.Import.Tests.Support;

namespace Latch.Import.Tests.Passes;

/// <summary>GRU cells written out operator by operator become recurrent nodes, however they are spelled.</summary>
public sealed class WrittenOutGruTests
{
    private const int Inputs = 3;
    private const int Units = 4;

    public static TheoryData<bool, string, string, string> Spellings()
    {
        TheoryData<bool, string, string, string> spellings = [];
        foreach (bool resetAfter in new[] { false, true })
        {
            foreach (string blend in new[] { "(1 - z) n + z h", "n + z (h - n)", "n - z (n - h)", "(1 - z) h + z n", "h - z (h - n)" })
                spellings.Add(resetAfter, blend, "Sigmoid", "Tanh");
            foreach (string gate in new[] { "Clip", "MinMax", "HardSigmoid" })
                spellings.Add(resetAfter, "(1 - z) n + z h", gate, "Tanh");
            spellings.Add(resetAfter, "(1 - z) h + z n", "Clip", "Tanh");
            spellings.Add(resetAfter, "(1 - z) n + z h", "Sigmoid", "Relu");
            spellings.Add(resetAfter, "n + z (h - n)", "Clip", "");
            spellings.Add(resetAfter, "(1 - z) h + z n", "Sigmoid", "");
        }
        return spellings;
    }

    [Theory]
    [MemberData(nameof(Spellings))]
    public void Import_Cell_IsOneLayerThatCarriesItsState(bool resetAfter, string blend, string gate, string function)
    {
        OnnxWriter writer = new(13);
        writer.Input("x", "batch", Inputs);
        writer.Input("h0", "batch", Units);
        writer.Node("Identity", [GruCell.Write(writer, "x", "h0", Inputs, Units, resetAfter, blend, gate, function)], ["hn"]);
        writer.Node("Neg", ["hn"], ["y"]);
        writer.Output("y");
        writer.Output("hn");
        byte[] bytes = writer.ToBytes();

        FloatModel model = OnnxImporter.Import(bytes, "cell.onnx");

        RecurrentNode node = Assert.Single(model.Nodes.OfType<RecurrentNode>());
        Assert.Equal((CellKind.Gru, Inputs, Units, resetAfter), (node.Cell, node.InputSize, node.HiddenSize, node.LinearBeforeReset));
        Assert.Equal(gate == "Sigmoid" ? ActivationKind.Sigmoid : ActivationKind.HardSigmoid, node.Activations[0].Kind);
        Assert.Equal(function switch { "Tanh" => ActivationKind.Tanh, "Relu" => ActivationKind.Relu, _ => ActivationKind.Affine }, node.Activations[1].Kind);
        Assert.Equal(["x"], model.Inputs.Select(input => input.Name));
        Assert.Empty(model.Nodes.OfType<DenseNode>());
        Assert.Contains(model.Notes, note => note.Contains("GRU of 4 units", StringComparison.Ordinal));
        Assert.InRange(StatefulAgreement.Largest(bytes, model, 10, ("h0", "hn")), 0, 3e-6);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Import_CandidateReadsTheStateBesideTheResetGate_IsNoGru(bool resetAfter)
    {
        // n = tanh(W x + U h + r (R h)): a GRU has no U.
        OnnxWriter writer = new(13);
        Random random = new(3);
        writer.Input("x", 1, Inputs);
        writer.Input("h0", 1, Units);
        string Product(string value, int inputs) => writer.Node("MatMul", [value, writer.Floats(random, 0.6f, inputs, Units)]);
        string Sum() => writer.Node("Add", [Product("x", Inputs), Product("h0", Units)]);
        string z = writer.Node("Sigmoid", [Sum()]), r = writer.Node("Sigmoid", [Sum()]);
        string reset = resetAfter ? writer.Node("Mul", [r, Product("h0", Units)]) : Product(writer.Node("Mul", [r, "h0"]), Units);
        string n = writer.Node("Tanh", [writer.Node("Add", [Sum(), reset])]);
        string kept = writer.Node("Mul", [z, "h0"]);
        writer.Node("Add", [writer.Node("Mul", [writer.Node("Sub", [writer.Floats([], [1]), z]), n]), kept], ["hn"]);
        writer.Node("Neg", ["hn"], ["y"]);
        writer.Output("y");
        writer.Output("hn");
        byte[] bytes = writer.ToBytes();

        FloatModel model = OnnxImporter.Import(bytes, "cell.onnx");

        Assert.Empty(model.Nodes.OfType<RecurrentNode>());
        Assert.Equal([new StatePair("h0", "hn")], model.States);
        Assert.InRange(StatefulAgreement.Largest(bytes, model, 10, ("h0", "hn")), 0, 3e-6);
    }

    [Fact]
    public void Import_HighwayLayer_IsNoCell()
    {
        // (1 - t) x + t tanh(W x): a blend without a reset gate.
        OnnxWriter writer = new(13);
        writer.Input("x", 1, Units);
        Random random = new(1);
        string gate = writer.Node("Sigmoid", [writer.Node("MatMul", ["x", writer.Floats(random, 1, Units, Units)])]);
        string other = writer.Node("Tanh", [writer.Node("MatMul", ["x", writer.Floats(random, 1, Units, Units)])]);
        string kept = writer.Node("Mul", [writer.Node("Sub", [writer.Floats([], [1]), gate]), "x"]);
        writer.Node("Add", [kept, writer.Node("Mul", [gate, other])], ["y"]);
        writer.Output("y");

        Assert.Empty(OnnxImporter.Import(writer.ToBytes(), "highway.onnx").Nodes.OfType<RecurrentNode>());
    }
}
