using Latch.Import.Graph;
using Latch.Import.Tests.Support;

namespace Latch.Import.Tests.Passes;

/// <summary>LSTM cells written out operator by operator become recurrent nodes, however they are spelled.</summary>
public sealed class WrittenOutLstmTests
{
    private const int Inputs = 3;
    private const int Units = 4;

    public static TheoryData<string, string> Spellings()
    {
        TheoryData<string, string> spellings = [];
        foreach (string weights in new[] { "one matrix", "one Gemm", "two products", "a matrix per gate", "two Gemms", "column vectors" })
        {
            foreach (string order in new[] { "ifgo", "iofg", "gfio" })
                spellings.Add(weights, order);
        }
        return spellings;
    }

    [Theory]
    [MemberData(nameof(Spellings))]
    public void Import_Cell_IsOneLayerThatCarriesItsState(string weights, string order)
    {
        OnnxWriter writer = new(13);
        Start(writer);
        Dictionary<char, string> gates = Gates(writer, weights, order);
        Finish(writer, gates, "Sigmoid", "Tanh");

        RecurrentNode node = Check(writer);

        Assert.Equal((CellKind.Lstm, Inputs, Units), (node.Cell, node.InputSize, node.HiddenSize));
        Assert.Equal([ActivationKind.Sigmoid, ActivationKind.Tanh, ActivationKind.Tanh], node.Activations.Select(activation => activation.Kind));
    }

    [Theory]
    [InlineData("Clip")]
    [InlineData("MinMax")]
    [InlineData("HardSigmoid")]
    public void Import_HardSigmoid_IsTheGatesActivation(string spelling)
    {
        OnnxWriter writer = new(13);
        Start(writer);
        Finish(writer, Gates(writer, "two products", "ifgo"), spelling, "Tanh");

        RecurrentNode node = Check(writer);

        Assert.Equal(new RecurrentActivation(ActivationKind.HardSigmoid, 0.2f, 0.5f), node.Activations[0]);
    }

    [Theory]
    [InlineData("Relu", ActivationKind.Relu)]
    [InlineData("", ActivationKind.Affine)]
    public void Import_OtherActivations_AreTheCandidates(string name, ActivationKind kind)
    {
        OnnxWriter writer = new(13);
        Start(writer);
        Finish(writer, Gates(writer, "two products", "ifgo"), "Sigmoid", name);

        Assert.Equal(kind, Check(writer).Activations[1].Kind);
        Assert.Equal(kind, Check(writer).Activations[2].Kind);
    }

    [Fact]
    public void Import_Peepholes_AreKept()
    {
        OnnxWriter writer = new(13);
        Start(writer);
        Dictionary<char, string> gates = Gates(writer, "two products", "ifgo");
        foreach (char gate in "if")
            gates[gate] = writer.Node("Add", [writer.Node("Mul", ["c0", writer.Floats(new Random(gate), 0.5f, Units)]), gates[gate]]);
        Finish(writer, gates, "Sigmoid", "Tanh", peephole: writer.Floats(new Random('o'), 0.5f, Units));

        Assert.Equal(3 * Units, Check(writer).Peepholes!.Count);
    }

    [Fact]
    public void Import_SumThatIsNoCell_StaysAsItIs()
    {
        // The forget gate multiplies the candidate too: no LSTM.
        OnnxWriter writer = new(13);
        Start(writer);
        Dictionary<char, string> gates = Gates(writer, "two products", "ifgo");
        string forget = writer.Node("Sigmoid", [gates['f']]);
        string cell = writer.Node("Add", [writer.Node("Mul", [forget, "c0"]), writer.Node("Mul", [forget, writer.Node("Tanh", [gates['g']])])]);
        writer.Node("Identity", [cell], ["cn"]);
        writer.Node("Mul", [writer.Node("Sigmoid", [gates['o']]), writer.Node("Tanh", [cell])], ["hn"]);
        writer.Node("Neg", ["hn"], ["y"]);
        foreach (string output in new[] { "y", "hn", "cn" })
            writer.Output(output);
        byte[] bytes = writer.ToBytes();

        FloatModel model = OnnxImporter.Import(bytes, "cell.onnx");

        Assert.Empty(model.Nodes.OfType<RecurrentNode>());
        Assert.Equal([new StatePair("h0", "hn"), new StatePair("c0", "cn")], model.States);
        Assert.InRange(StatefulAgreement.Largest(bytes, model, 10, ("h0", "hn"), ("c0", "cn")), 0, 1e-6);
    }

    private static void Start(OnnxWriter writer)
    {
        writer.Input("x", "batch", Inputs);
        writer.Input("h0", "batch", Units);
        writer.Input("c0", "batch", Units);
    }

    /// <summary>The arguments of the gates' activations by their letters, with gates in an order.</summary>
    private static Dictionary<char, string> Gates(OnnxWriter writer, string weights, string order)
    {
        Random random = new(3);
        string packed;
        switch (weights)
        {
            case "one matrix":
                string both = writer.Node("Concat", ["x", "h0"], ("axis", 1));
                packed = writer.Node("Add", [writer.Node("MatMul", [both, writer.Floats(random, 0.6f, Inputs + Units, 4 * Units)]), writer.Floats(random, 0.3f, 4 * Units)]);
                break;
            case "one Gemm":
                string reversed = writer.Node("Concat", ["h0", "x"], ("axis", 1));
                packed = writer.Node("Gemm", [reversed, writer.Floats(random, 0.6f, 4 * Units, Units + Inputs), writer.Floats(random, 0.3f, 4 * Units)], ("transB", 1));
                break;
            case "two Gemms":
                string x = writer.Node("Gemm", ["x", writer.Floats(random, 0.6f, 4 * Units, Inputs), writer.Floats(random, 0.3f, 4 * Units)], ("transB", 1));
                packed = writer.Node("Add", [x, writer.Node("Gemm", ["h0", writer.Floats(random, 0.6f, 4 * Units, Units), writer.Floats(random, 0.3f, 4 * Units)], ("transB", 1))]);
                break;
            case "column vectors":
                string columnX = writer.Node("MatMul", [writer.Floats(random, 0.6f, 4 * Units, Inputs), writer.Node("Transpose", ["x"])]);
                string columnH = writer.Node("MatMul", [writer.Floats(random, 0.6f, 4 * Units, Units), writer.Node("Transpose", ["h0"])]);
                packed = writer.Node("Transpose", [writer.Node("Add", [columnX, columnH])]);
                break;
            case "two products":
                string product = writer.Node("MatMul", ["x", writer.Floats(random, 0.6f, Inputs, 4 * Units)]);
                packed = writer.Node("Add", [writer.Node("Add", [product, writer.Node("MatMul", ["h0", writer.Floats(random, 0.6f, Units, 4 * Units)])]), writer.Floats(random, 0.3f, 4 * Units)]);
                break;
            default:
                return order.ToDictionary(gate => gate, _ => writer.Node(
                    "Add",
                    [writer.Node("MatMul", ["x", writer.Floats(random, 0.6f, Inputs, Units)]), writer.Node("MatMul", ["h0", writer.Floats(random, 0.6f, Units, Units)])]));
        }
        string[] parts = writer.Node("Split", [packed], [.. order.Select(gate => $"gate_{gate}")], ("axis", 1));
        return order.Zip(parts).ToDictionary(pair => pair.First, pair => pair.Second);
    }

    private static void Finish(OnnxWriter writer, Dictionary<char, string> gates, string gate, string function, string? peephole = null)
    {
        string forgotten = writer.Node("Mul", [Gate(writer, gate, gates['f']), "c0"]);
        string cell = writer.Node("Add", [writer.Node("Mul", [Function(writer, function, gates['g']), Gate(writer, gate, gates['i'])]), forgotten]);
        string output = peephole is null ? gates['o'] : writer.Node("Add", [gates['o'], writer.Node("Mul", [peephole, cell])]);
        writer.Node("Identity", [cell], ["cn"]);
        writer.Node("Mul", [Gate(writer, gate, output), Function(writer, function, cell)], ["hn"]);
        writer.Node("Neg", ["hn"], ["y"]);
        foreach (string name in new[] { "y", "hn", "cn" })
            writer.Output(name);
    }

    private static string Gate(OnnxWriter writer, string spelling, string value)
    {
        if (spelling is "Sigmoid" or "HardSigmoid")
            return writer.Node(spelling, [value]);
        string line = writer.Node("Add", [writer.Node("Mul", [value, writer.Floats([], [0.2f])]), writer.Floats([], [0.5f])]);
        string zero = writer.Floats([], [0]), one = writer.Floats([], [1]);
        return spelling == "Clip" ? writer.Node("Clip", [line, zero, one]) : writer.Node("Min", [writer.Node("Max", [line, zero]), one]);
    }

    private static string Function(OnnxWriter writer, string name, string value) => name.Length == 0 ? value : writer.Node(name, [value]);

    /// <summary>One layer, no ports for its states, and the outputs of ONNX Runtime with states handed on.</summary>
    private static RecurrentNode Check(OnnxWriter writer)
    {
        byte[] bytes = writer.ToBytes();
        FloatModel model = OnnxImporter.Import(bytes, "cell.onnx");
        RecurrentNode node = Assert.Single(model.Nodes.OfType<RecurrentNode>());
        Assert.Equal(["x"], model.Inputs.Select(input => input.Name));
        Assert.Equal(["y"], model.Outputs.Select(output => output.Name));
        Assert.Empty(model.States);
        Assert.Empty(model.Nodes.OfType<DenseNode>());
        Assert.InRange(StatefulAgreement.Largest(bytes, model, 10, ("h0", "hn"), ("c0", "cn")), 0, 2e-6);
        return node;
    }
}
