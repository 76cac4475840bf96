using Latch.Import.Graph;
using Latch.Import.Tests.BadInput;
using Latch.Import.Tests.Support;
using DataType = Latch.Import.Onnx.TensorProto.Types.DataType;

namespace Latch.Import.Tests.Passes;

/// <summary>Loops whose body is a cell become one recurrent layer over all steps.</summary>
public sealed class LoopTests
{
    private const int Inputs = 3;
    private const int Units = 4;

    public static TheoryData<bool, string, string, string, bool, int> Grus()
    {
        TheoryData<bool, string, string, string, bool, int> grus = [];
        foreach (int steps in new[] { 1, 7 })
        {
            foreach (bool resetAfter in new[] { false, true })
            {
                grus.Add(resetAfter, "Sigmoid", "Tanh", "sequence", false, steps);
                grus.Add(resetAfter, "Clip", "Relu", "last", false, steps);
                grus.Add(resetAfter, "MinMax", "", "sequence", true, steps);
                grus.Add(resetAfter, "HardSigmoid", "Tanh", "last", true, steps);
                grus.Add(resetAfter, "Sigmoid", "Tanh", "both", false, steps);
            }
        }
        return grus;
    }

    [Theory]
    [MemberData(nameof(Grus))]
    public void Import_GruInALoop_IsOneLayer(bool resetAfter, string gate, string function, string outputs, bool backwards, int steps)
    {
        byte[] bytes = Gru(resetAfter, gate, function, outputs, backwards).ToBytes();

        FloatModel model = OnnxImporter.Import(bytes, "loop.onnx", new ImportOptions { Steps = steps });

        RecurrentNode node = Assert.Single(model.Nodes.OfType<RecurrentNode>());
        Assert.Equal((CellKind.Gru, steps, resetAfter, backwards && steps > 1), (node.Cell, node.Steps, node.LinearBeforeReset, node.Reverse));
        Assert.Null(node.InitialH);
        Assert.Empty(model.Nodes.OfType<DenseNode>());
        Assert.Empty(model.Nodes.OfType<BinaryNode>());
        using OnnxOracle oracle = new(bytes);
        Assert.InRange(Agreement.WithOracle(model, oracle, Agreement.RandomInputs(model, new Random(1))), 0, 3e-6);
    }

    [Theory]
    [InlineData("sequence")]
    [InlineData("last")]
    [InlineData("both")]
    public void Import_OtherSteps_KeepsNodeAndValueNames(string outputs)
    {
        byte[] bytes = Gru(true, "Sigmoid", "Tanh", outputs, backwards: false).ToBytes();
        FloatModel one = OnnxImporter.Import(bytes, "loop.onnx", new ImportOptions { Steps = 1 });
        FloatModel many = OnnxImporter.Import(bytes, "loop.onnx", new ImportOptions { Steps = 30 });

        Assert.Equal(one.Nodes.Select(n => n.Name), many.Nodes.Select(n => n.Name));
        Assert.Equal(one.Nodes.SelectMany(n => n.Outputs), many.Nodes.SelectMany(n => n.Outputs));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public void Import_LstmInALoop_IsOneLayer(int steps)
    {
        byte[] bytes = Lstm().ToBytes();

        FloatModel model = OnnxImporter.Import(bytes, "loop.onnx", new ImportOptions { Steps = steps });

        RecurrentNode node = Assert.Single(model.Nodes.OfType<RecurrentNode>());
        Assert.Equal((CellKind.Lstm, steps), (node.Cell, node.Steps));
        Assert.Empty(model.Nodes.OfType<BinaryNode>());
        using OnnxOracle oracle = new(bytes);
        Assert.InRange(Agreement.WithOracle(model, oracle, Agreement.RandomInputs(model, new Random(1))), 0, 3e-6);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public void Import_PlainCellInALoop_IsOneLayer(int steps)
    {
        OnnxWriter writer = new(13);
        writer.Input("x", "time", 1, Inputs);
        OnnxWriter body = Body(out string counter, out string time);
        body.Input("body_h", 1, Units);
        Random random = new(2);
        string row = body.Node("Gather", ["x", "body_time"], ("axis", 0));
        string joined = body.Node("Concat", [row, "body_h"], ("axis", 1));
        string h = body.Node("Tanh", [body.Node("MatMul", [joined, body.Floats(random, 0.6f, Inputs + Units, Units)])]);
        Finish(writer, body, counter, time, h, h);
        byte[] bytes = writer.ToBytes();

        FloatModel model = OnnxImporter.Import(bytes, "loop.onnx", new ImportOptions { Steps = steps });

        Assert.Equal((CellKind.Rnn, steps), Assert.Single(model.Nodes.OfType<RecurrentNode>().Select(node => (node.Cell, node.Steps))));
        using OnnxOracle oracle = new(bytes);
        Assert.InRange(Agreement.WithOracle(model, oracle, Agreement.RandomInputs(model, new Random(1))), 0, 3e-6);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Import_GruInAScan_IsOneLayer(int steps)
    {
        OnnxWriter writer = new(13);
        writer.Input("x", "time", 1, Inputs);
        OnnxWriter body = new(13, "body_");
        body.Input("body_h", 1, Units);
        body.Input("body_x", 1, Inputs);
        string h = GruCell.Write(body, "body_x", "body_h", Inputs, Units, true, "(1 - z) n + z h", "Sigmoid", "Tanh");
        body.Node("Identity", [h], ["body_h_out"]);
        body.Node("Identity", [h], ["body_y"]);
        body.Output("body_h_out");
        body.Output("body_y");
        writer.Node("Scan", [writer.Floats([1, Units], new float[Units]), "x"], ["h", "y"], ("body", body.Graph), ("num_scan_inputs", 1));
        writer.Output("h");
        writer.Output("y");
        byte[] bytes = writer.ToBytes();

        FloatModel model = OnnxImporter.Import(bytes, "scan.onnx", new ImportOptions { Steps = steps });

        Assert.Equal((CellKind.Gru, steps), Assert.Single(model.Nodes.OfType<RecurrentNode>().Select(node => (node.Cell, node.Steps))));
        using OnnxOracle oracle = new(bytes);
        Assert.InRange(Agreement.WithOracle(model, oracle, Agreement.RandomInputs(model, new Random(1))), 0, 3e-6);
    }

    [Fact]
    public void Import_CellWrittenOutStepAfterStep_IsOneLayer()
    {
        // What tracing a cell in a loop of the framework leaves behind: no Loop, but the same weights again and again.
        const int Steps = 5;
        OnnxWriter writer = new(13);
        writer.Input("x", Steps, 1, Inputs);
        string h = writer.Floats([1, Units], new float[Units]);
        List<string> rows = [];
        for (int step = 0; step < Steps; step++)
        {
            string row = writer.Node("Gather", ["x", writer.Scalar(step)], ("axis", 0));
            h = GruCell.Write(writer, row, h, Inputs, Units, true, "n + z (h - n)", "Sigmoid", "Tanh");
            rows.Add(writer.Node("Unsqueeze", [h, writer.Integers(0)]));
        }
        writer.Node("Concat", [.. rows], ["y"], ("axis", 0));
        writer.Output("y");
        byte[] bytes = writer.ToBytes();

        FloatModel model = OnnxImporter.Import(bytes, "traced.onnx");

        Assert.Equal(Steps, Assert.Single(model.Nodes.OfType<RecurrentNode>()).Steps);
        Assert.Equal(3, model.Nodes.Count);
        using OnnxOracle oracle = new(bytes);
        Assert.InRange(Agreement.WithOracle(model, oracle, Agreement.RandomInputs(model, new Random(1))), 0, 3e-6);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public void Import_MaskedGruInALoop_TakesEveryRowAsData(int steps)
    {
        OnnxWriter writer = new(13);
        writer.Input("x", "time", 1, Inputs);
        string data = writer.Node("Not", [writer.Node("Equal", ["x", writer.Floats([], [-7])])]);
        string counted = writer.Node("ReduceMax", [writer.Node("Cast", [data], ("to", 1))], ("axes", new long[] { 2 }), ("keepdims", 1));
        string mask = writer.Node("Cast", [counted], ("to", 9));
        OnnxWriter body = Body(out string counter, out string time);
        body.Input("body_h", 1, Units);
        string row = body.Node("Gather", ["x", "body_time"], ("axis", 0));
        string h = GruCell.Write(body, row, "body_h", Inputs, Units, true, "(1 - z) n + z h", "Sigmoid", "Tanh");
        h = body.Node("Where", [body.Node("Gather", [mask, "body_time"], ("axis", 0)), h, "body_h"]);
        Finish(writer, body, counter, time, h, h);
        byte[] bytes = writer.ToBytes();

        FloatModel model = OnnxImporter.Import(bytes, "masked.onnx", new ImportOptions { Steps = steps });

        Assert.Equal((CellKind.Gru, steps), Assert.Single(model.Nodes.OfType<RecurrentNode>().Select(node => (node.Cell, node.Steps))));
        Assert.Contains(model.Notes, note => note.Contains("every row is data", StringComparison.Ordinal));
        using OnnxOracle oracle = new(bytes);
        Assert.InRange(Agreement.WithOracle(model, oracle, Agreement.RandomInputs(model, new Random(1))), 0, 3e-6);
    }

    [Fact]
    public void Import_BodyThatIsNoCell_IsRefusedWithTheLoop()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", "time", 1, Units);
        OnnxWriter body = Body(out string counter, out string time);
        body.Input("body_h", 1, Units);
        string row = body.Node("Gather", ["x", "body_i"], ("axis", 0));
        body.Node("Sqrt", [body.Node("Softplus", [body.Node("Add", ["body_h", row])])], ["body_next"]);
        Finish(writer, body, counter, time, "body_next", scan: null);

        ImportException refusal = Refusal.Of(writer, new ImportOptions { Steps = 3 });

        Assert.True(refusal.Code is ImportErrorCode.UnsupportedForm or ImportErrorCode.UnsupportedOperator);
        Assert.Contains("Loop", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_ConditionOfTheInput_IsRefusedWithItsName()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, Units);
        OnnxWriter body = new(13, "body_");
        body.Input("body_i", DataType.Int64);
        body.Input("body_cond", DataType.Bool);
        body.Input("body_h", 1, Units);
        body.Node("Relu", ["body_h"], ["body_next"]);
        body.Output("x", DataType.Bool);
        body.Output("body_next");
        writer.Node("Loop", [writer.Scalar(3), "", "x"], ["y"], ("body", body.Graph));
        writer.Output("y");

        ImportException refusal = Refusal.Of(writer);

        Assert.Equal((ImportErrorCode.UnsupportedForm, "Loop", "cond"), (refusal.Code, refusal.OperatorName, refusal.Attribute));
    }

    [Fact]
    public void Import_LoopWithoutEnd_IsRefused()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, Units);
        OnnxWriter body = new(13, "body_");
        body.Input("body_i", DataType.Int64);
        body.Input("body_cond", DataType.Bool);
        body.Input("body_h", 1, Units);
        body.Node("Relu", ["body_h"], ["body_next"]);
        body.Node("Identity", ["body_cond"], ["body_cond_out"]);
        body.Output("body_cond_out", DataType.Bool);
        body.Output("body_next");
        writer.Node("Loop", ["", "", "x"], ["y"], ("body", body.Graph));
        writer.Output("y");

        Assert.Contains("more than", Refusal.Of(writer).Message, StringComparison.Ordinal);
    }

    /// <summary>x [batch,time,I]: a loop as converters write Keras layers: step and time counted apart, the state carried, the outputs collected.</summary>
    private static OnnxWriter Gru(bool resetAfter, string gate, string function, string outputs, bool backwards)
    {
        OnnxWriter writer = new(13);
        writer.Input("x", "batch", "time", Inputs);
        writer.Node("Transpose", ["x"], ["rows"], ("perm", new long[] { 1, 0, 2 }));
        OnnxWriter body = Body(out string counter, out string time);
        body.Input("body_h", 1, Units);
        string position = backwards ? body.Node("Sub", [body.Node("Sub", ["steps", body.Scalar(1)]), "body_time"]) : "body_time";
        string row = body.Node("Gather", ["rows", position], ("axis", 0));
        string h = GruCell.Write(body, row, "body_h", Inputs, Units, resetAfter, "(1 - z) n + z h", gate, function);
        Finish(writer, body, counter, time, h, outputs == "last" ? null : h);
        if (outputs != "sequence")
            return writer;
        writer.Model.Graph.Output.Clear();
        writer.Node("Transpose", ["collected"], ["y"], ("perm", new long[] { 1, 0, 2 }));
        writer.Output("y");
        return writer;
    }

    private static OnnxWriter Lstm()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", "time", 1, Inputs);
        writer.Node("Identity", ["x"], ["rows"]);
        OnnxWriter body = Body(out string counter, out string time);
        body.Input("body_h", 1, Units);
        body.Input("body_c", 1, Units);
        Random random = new(2);
        string row = body.Node("Gather", ["rows", "body_time"], ("axis", 0));
        string sum = body.Node(
            "Add",
            [body.Node("MatMul", [row, body.Floats(random, 0.6f, Inputs, 4 * Units)]), body.Node("MatMul", ["body_h", body.Floats(random, 0.6f, Units, 4 * Units)])]);
        string[] gates = body.Node("Split", [body.Node("Add", [sum, body.Floats(random, 0.3f, 4 * Units)])], ["body_gi", "body_gf", "body_gc", "body_go"], ("axis", 1));
        string kept = body.Node("Mul", [body.Node("Sigmoid", [gates[1]]), "body_c"]);
        string c = body.Node("Add", [kept, body.Node("Mul", [body.Node("Sigmoid", [gates[0]]), body.Node("Tanh", [gates[2]])])]);
        string h = body.Node("Mul", [body.Node("Sigmoid", [gates[3]]), body.Node("Tanh", [c])]);
        Finish(writer, body, counter, time, h, h, c);
        return writer;
    }

    /// <summary>The start of a body: iteration, condition, and two counters that it carries.</summary>
    private static OnnxWriter Body(out string counter, out string time)
    {
        OnnxWriter body = new(13, "body_");
        body.Input("body_i", DataType.Int64);
        body.Input("body_cond", DataType.Bool);
        body.Input("body_counter", DataType.Int64);
        body.Input("body_time", DataType.Int64);
        counter = body.Node("Add", ["body_counter", body.Scalar(1)]);
        time = body.Node("Add", ["body_time", body.Scalar(1)]);
        return body;
    }

    /// <summary>The end of a body, and the loop: it goes on while both counters are below the number of steps.</summary>
    private static void Finish(OnnxWriter writer, OnnxWriter body, string counter, string time, string h, string? scan, string? c = null)
    {
        string rows = writer.Model.Graph.Node.Any(node => node.Output.Contains("rows")) ? "rows" : "x";
        writer.Node("Gather", [writer.Node("Shape", [rows]), writer.Scalar(0)], ["steps"], ("axis", 0));
        body.Node("And", [body.Node("Less", [counter, "steps"]), body.Node("Less", [time, "steps"])], ["body_go_on"]);
        body.Output("body_go_on", DataType.Bool);
        body.Output(counter, DataType.Int64);
        body.Output(time, DataType.Int64);
        string[] states = c is null ? [h] : [h, c];
        foreach (string state in states)
        {
            body.Node("Identity", [state], [$"{state}_out"]);
            body.Output($"{state}_out");
        }
        if (scan is not null)
        {
            body.Node("Identity", [scan], ["body_scan"]);
            body.Output("body_scan");
        }
        string zeros = writer.Node("Expand", [writer.Floats([], [0]), writer.Integers(1, Units)]);
        string start = writer.Node("Less", [writer.Scalar(0), "steps"]);
        string[] carried = [.. states.Select((_, i) => $"state_{i}")];
        writer.Node(
            "Loop",
            [writer.Scalar(long.MaxValue), start, writer.Scalar(0), writer.Scalar(0), .. states.Select(_ => zeros)],
            ["counted", "timed", .. carried, .. scan is null ? Array.Empty<string>() : ["collected"]],
            ("body", body.Graph));
        foreach (string output in scan is null ? carried : [.. carried, "collected"])
            writer.Output(output);
    }
}
