using Latch.Import.Graph;
using Latch.Import.Passes.States;
using Latch.Import.Tests.BadInput;
using Latch.Import.Tests.Support;

namespace Latch.Import.Tests.Passes;

/// <summary>States that are inputs and outputs of the graph: how they are paired, when a layer carries them itself, and what happens when it does not.</summary>
public sealed class StateTests
{
    private const int Units = 4;

    [Theory]
    [InlineData("h0", "hn")]
    [InlineData("h", "hn")]
    [InlineData("c", "cn")]
    [InlineData("state", "stateN")]
    [InlineData("recurrent_in", "recurrent_out")]
    [InlineData("in_state", "out_state")]
    [InlineData("prev_hidden", "next_hidden")]
    [InlineData("hidden", "hidden_out")]
    [InlineData("h_in_0", "h_out_0")]
    [InlineData("lstmStateIn", "lstmStateOut")]
    [InlineData("cache.2", "new_cache.2")]
    [InlineData("memory", "memory_1")]
    public void ArePair_NamesOfOneState_AreOne(string input, string output) => Assert.True(StateNames.ArePair(input, output));

    [Theory]
    [InlineData("x", "y")]
    [InlineData("input", "output")]
    [InlineData("input_1", "output_1")]
    [InlineData("audio_in", "audio_out")]
    [InlineData("h0", "cn")]
    [InlineData("h_in_0", "h_out_1")]
    [InlineData("state", "statement")]
    public void ArePair_OtherNames_AreNot(string input, string output) => Assert.False(StateNames.ArePair(input, output));

    [Theory]
    [InlineData("slices")] // [1,2,H,2]: layer, unit, h or c
    [InlineData("gather")] // [4,1,H]
    [InlineData("row")] // [1,4H]
    public void Import_TwoLayersPackedInOneTensor_CarryTheirStatesThemselves(string packing)
    {
        byte[] bytes = Packed(packing, swapped: false).ToBytes();

        FloatModel model = OnnxImporter.Import(bytes, "packed.onnx");

        Assert.Equal(["x"], model.Inputs.Select(input => input.Name));
        Assert.Equal(["y"], model.Outputs.Select(output => output.Name));
        Assert.Equal([new StatePair("packed", "result")], model.LayerStates);
        Assert.All(model.Nodes.OfType<RecurrentNode>(), node => Assert.Equal((null, null), (node.InitialH, node.InitialC)));
        Assert.Contains("'first'", Assert.Single(model.Notes, note => note.Contains("'packed' -> 'result'", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.InRange(StatefulAgreement.Largest(bytes, model, 12, ("packed", "result")), 0, 1e-6);
    }

    [Theory]
    [InlineData(0, 1, 2, 3)]
    [InlineData(3, 1, 0, 2)]
    public void Import_StatesOfSeveralInputsPackedInOneOutput_AreCarriedByTheLayers(params int[] order)
    {
        string[] inputs = ["h1_in", "c1_in", "h2_in", "c2_in"];
        byte[] bytes = PackedOutput(order, "").ToBytes();

        FloatModel model = OnnxImporter.Import(bytes, "packed.onnx");

        Assert.Equal(["x"], model.Inputs.Select(input => input.Name));
        Assert.Equal(["y"], model.Outputs.Select(output => output.Name));
        Assert.Equal(order.Select((part, place) => new StatePair(inputs[part], "result", place * Units)), model.LayerStates.OrderBy(pair => pair.Offset));
        Assert.InRange(StatefulAgreement.Largest(bytes, model, 12, model.LayerStates), 0, 1e-6);
    }

    [Fact]
    public void Import_StatesThatAreAllThatComesOut_StayPorts()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 1, 3);
        writer.Input("h1_in", 1, 1, Units);
        writer.Input("c1_in", 1, 1, Units);
        string[] layer = writer.Node("LSTM", Layer(writer, "x", 3, "h1_in", "c1_in"), ["Y1", "h1", "c1"], ("hidden_size", Units));
        writer.Node("Concat", layer[1..], ["result"], ("axis", 0));
        writer.Output("result");

        FloatModel model = OnnxImporter.Import(writer.ToBytes(), "states.onnx");

        Assert.Equal(["x", "h1_in", "c1_in"], model.Inputs.Select(input => input.Name));
        Assert.Equal(["result"], model.Outputs.Select(output => output.Name));
    }

    [Theory]
    [InlineData("Tanh")] // The second layer's hidden state comes back as something else.
    [InlineData("twice")] // The output holds more than the states.
    public void Import_PackedOutputThatHoldsOtherThings_StaysAPort(string other)
    {
        FloatModel model = OnnxImporter.Import(PackedOutput([0, 1, 2, 3], other).ToBytes(), "packed.onnx");

        Assert.Equal(["x", "h1_in", "c1_in", "h2_in", "c2_in"], model.Inputs.Select(input => input.Name));
        Assert.Equal(["y", "result"], model.Outputs.Select(output => output.Name));
    }

    [Fact]
    public void Import_TowersOfTheirOwn_ArePairedByNothing()
    {
        // "embedding" has the shape of "right", but makes no difference for "class".
        OnnxWriter writer = new(14);
        Random random = new(1);
        writer.Input("left", 1, 3);
        writer.Input("right", 1, 5);
        writer.Node("MatMul", ["left", writer.Floats(random, 1, 3, 2)], ["class"]);
        writer.Node("MatMul", ["right", writer.Floats(random, 1, 5, 5)], ["embedding"]);
        writer.Output("class");
        writer.Output("embedding");

        FloatModel model = OnnxImporter.Import(writer.ToBytes(), "towers.onnx");

        Assert.Equal(["left", "right"], model.Inputs.Select(input => input.Name));
        Assert.Equal(["class", "embedding"], model.Outputs.Select(output => output.Name));
        Assert.Empty(model.States);
    }

    [Fact]
    public void Import_StatesThatComeBackInOtherPlaces_StayPorts()
    {
        // The second layer's states come back where the first one's were.
        byte[] bytes = Packed("gather", swapped: true).ToBytes();

        FloatModel model = OnnxImporter.Import(bytes, "packed.onnx", new ImportOptions { States = [new("packed", "result")] });

        Assert.Equal([new StatePair("packed", "result")], model.States);
        Assert.Empty(model.LayerStates);
        Assert.Equal(["x"], model.Inputs.Select(input => input.Name));
        Assert.InRange(StatefulAgreement.Largest(bytes, model, 12, ("packed", "result")), 0, 1e-6);
    }

    [Fact]
    public void Import_StateThatAnotherNodeReads_StaysAPort()
    {
        OnnxWriter writer = Lstm("h0", "c0", "hn", "cn");
        writer.Node("Tanh", ["h0"], ["peek"]);
        writer.Output("peek");
        byte[] bytes = writer.ToBytes();

        FloatModel model = OnnxImporter.Import(bytes, "lstm.onnx");

        // A layer starts from both states or from none: the cell state stays too.
        Assert.Equal([new StatePair("h0", "hn"), new StatePair("c0", "cn")], model.States);
        Assert.InRange(StatefulAgreement.Largest(bytes, model, 12, ("h0", "hn"), ("c0", "cn")), 0, 1e-6);
    }

    [Fact]
    public void Import_StatesOfAnyNames_AreFoundByWhatTheyDo()
    {
        byte[] bytes = Lstm("alpha", "beta", "gamma", "delta").ToBytes();

        FloatModel model = OnnxImporter.Import(bytes, "lstm.onnx");

        Assert.Equal([new StatePair("alpha", "gamma"), new StatePair("beta", "delta")], model.LayerStates.OrderBy(pair => pair.Input));
        Assert.InRange(StatefulAgreement.Largest(bytes, model, 12, ("alpha", "gamma"), ("beta", "delta")), 0, 1e-6);
    }

    [Fact]
    public void Import_StateOfNoLayer_IsPairedByItsShape()
    {
        byte[] bytes = Filter("a", "b").ToBytes();

        FloatModel model = OnnxImporter.Import(bytes, "filter.onnx");

        Assert.Equal([new StatePair("a", "b")], model.States);
        Assert.Contains(model.Notes, note => note.Contains("found by their shapes", StringComparison.Ordinal));
        Assert.InRange(StatefulAgreement.Largest(bytes, model, 12, ("a", "b")), 0, 1e-6);
    }

    [Fact]
    public void Import_StatesOption_EmptyKeepsAllPorts()
    {
        FloatModel model = OnnxImporter.Import(Lstm("h0", "c0", "hn", "cn").ToBytes(), "lstm.onnx", new ImportOptions { States = [] });

        Assert.Equal(["x", "h0", "c0"], model.Inputs.Select(input => input.Name));
        Assert.Equal(["y", "hn", "cn"], model.Outputs.Select(output => output.Name));
        Assert.Empty(model.States);
    }

    [Theory]
    [InlineData("nothing", "b", "is no input")]
    [InlineData("a", "nothing", "is no output")]
    [InlineData("a", "y", "differ")]
    public void Import_StatesOptionThatDoesNotFit_IsRefused(string input, string output, string why)
    {
        ImportException refusal = Refusal.Of(Filter("a", "b"), new ImportOptions { States = [new(input, output)] });

        Assert.Equal(ImportErrorCode.UnsupportedForm, refusal.Code);
        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_ShiftRegisterOfStates_HandsOnWhatTheyWere()
    {
        // Each state is the one before it, one step later: the outputs are inputs of other pairs.
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 3);
        writer.Input("state_a", 1, 3);
        writer.Input("state_b", 1, 3);
        writer.Node("Identity", ["x"], ["state_a_out"]);
        writer.Node("Identity", ["state_a"], ["state_b_out"]);
        writer.Node("Add", ["x", "state_b"], ["y"]);
        foreach (string output in new[] { "y", "state_a_out", "state_b_out" })
            writer.Output(output);
        byte[] bytes = writer.ToBytes();

        FloatModel model = OnnxImporter.Import(bytes, "shift.onnx");

        Assert.Equal(2, model.States.Count);
        Assert.InRange(StatefulAgreement.Largest(bytes, model, 12, ("state_a", "state_a_out"), ("state_b", "state_b_out")), 0, 1e-6);
    }

    /// <summary>x [1,1,3] and two states through an LSTM of two directions' worth of nothing but one layer.</summary>
    private static OnnxWriter Lstm(string h, string c, string hn, string cn)
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 1, 3);
        writer.Input(h, 1, 1, Units);
        writer.Input(c, 1, 1, Units);
        writer.Node("LSTM", Layer(writer, "x", 3, h, c), ["Y", hn, cn], ("hidden_size", Units));
        writer.Node("Neg", ["Y"], ["y"]);
        foreach (string output in new[] { "y", hn, cn })
            writer.Output(output);
        return writer;
    }

    /// <summary>A low pass: state' = 0.8 state + x w, y = relu of it.</summary>
    private static OnnxWriter Filter(string input, string output)
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 3);
        writer.Input(input, 1, 5);
        string kept = writer.Node("Mul", [input, writer.Floats([], [0.8f])]);
        writer.Node("Add", [kept, writer.Node("MatMul", ["x", writer.Floats(new Random(1), 1, 3, 5)])], [output]);
        writer.Node("ReduceSum", [writer.Node("Relu", [output]), writer.Integers(1)], ["y"]);
        writer.Output("y");
        writer.Output(output);
        return writer;
    }

    // Two layers, each with inputs of its own for h and c; one output holds the four final states.
    private static OnnxWriter PackedOutput(int[] order, string other)
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 1, 3);
        foreach (string state in new[] { "h1_in", "c1_in", "h2_in", "c2_in" })
            writer.Input(state, 1, 1, Units);
        string[] first = writer.Node("LSTM", Layer(writer, "x", 3, "h1_in", "c1_in"), ["Y1", "h1", "c1"], ("hidden_size", Units));
        string between = writer.Node("Squeeze", ["Y1", writer.Integers(1)]);
        string[] second = writer.Node("LSTM", Layer(writer, between, Units, "h2_in", "c2_in"), ["Y2", "h2", "c2"], ("hidden_size", Units));
        writer.Node("Tanh", ["Y2"], ["y"]);
        string[] finals = [first[1], first[2], other == "Tanh" ? writer.Node("Tanh", [second[1]]) : second[1], second[2]];
        writer.Node("Concat", [.. order.Select(part => finals[part]), .. other == "twice" ? [finals[0]] : Array.Empty<string>()], ["result"], ("axis", 0));
        writer.Output("y");
        writer.Output("result");
        return writer;
    }

    private static OnnxWriter Packed(string packing, bool swapped)
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 1, 3);
        writer.Input("packed", packing switch { "slices" => [1, 2, Units, 2], "gather" => [4, 1, Units], _ => [1, 4 * Units] });
        string[] states = [.. Enumerable.Range(0, 4).Select(part => Unpack(writer, packing, part))];
        string[] first = writer.Node("LSTM", Layer(writer, "x", 3, states[0], states[1]), ["Y1", "h1", "c1"], ("hidden_size", Units));
        writer.Model.Graph.Node[^1].Name = "first";
        string between = writer.Node("Squeeze", ["Y1", writer.Integers(1)]);
        string[] second = writer.Node("LSTM", Layer(writer, between, Units, states[2], states[3]), ["Y2", "h2", "c2"], ("hidden_size", Units));
        writer.Node("Tanh", ["Y2"], ["y"]);
        string[] parts = swapped ? [.. second[1..], .. first[1..]] : [.. first[1..], .. second[1..]];
        Pack(writer, packing, parts);
        writer.Output("y");
        writer.Output("result");
        return writer;
    }

    private static string[] Layer(OnnxWriter writer, string x, int inputs, string h, string c)
    {
        Random random = new(inputs);
        return [x, writer.Floats(random, 0.5f, 1, 4 * Units, inputs), writer.Floats(random, 0.5f, 1, 4 * Units, Units), writer.Floats(random, 0.5f, 1, 8 * Units), "", h, c];
    }

    /// <summary>Part 0 to 3 of the packed states, h1, c1, h2, c2, as [1,1,H].</summary>
    private static string Unpack(OnnxWriter writer, string packing, int part)
    {
        if (packing == "gather")
            return writer.Node("Unsqueeze", [writer.Node("Gather", ["packed", writer.Scalar(part)], ("axis", 0)), writer.Integers(0)]);
        if (packing == "row")
        {
            string row = writer.Node("Slice", ["packed", writer.Integers(part * Units), writer.Integers((part + 1) * Units), writer.Integers(1)]);
            return writer.Node("Reshape", [row, writer.Integers(1, 1, Units)]);
        }
        int layer = part / 2, kind = part % 2;
        string slice = writer.Node("Slice", ["packed", writer.Integers(layer, kind), writer.Integers(layer + 1, kind + 1), writer.Integers(1, 3)]);
        return writer.Node("Unsqueeze", [writer.Node("Squeeze", [slice, writer.Integers(1, 3)]), writer.Integers(0)]);
    }

    private static void Pack(OnnxWriter writer, string packing, string[] parts)
    {
        if (packing == "gather")
        {
            writer.Node("Concat", parts, ["result"], ("axis", 0));
            return;
        }
        if (packing == "row")
        {
            string[] rows = [.. parts.Select(part => writer.Node("Squeeze", [part, writer.Integers(0)]))];
            writer.Node("Concat", rows, ["result"], ("axis", 1));
            return;
        }
        string[] columns = [.. parts.Select(part => writer.Node("Unsqueeze", [part, writer.Integers(3)]))];
        string[] layers = [writer.Node("Concat", columns[..2], ("axis", 3)), writer.Node("Concat", columns[2..], ("axis", 3))];
        writer.Node("Concat", layers, ["result"], ("axis", 1));
    }

    [Fact]
    public void Import_BandsAndTime_TheLayerAlongTheBandsStartsAnew()
    {
        // x [1,6,3]: six bands. A bidirectional GRU walks along the bands; one along the time goes on from step to step, a row of the batch for each band.
        OnnxWriter writer = new(14);
        writer.Input("x", 1, 6, 3);
        writer.Input("h0", 1, 6, Units);
        Random random = new(3);
        string along = writer.Node("Transpose", ["x"], ("perm", new long[] { 1, 0, 2 }));
        string[] bands = [along, writer.Floats(random, 1, 2, 3 * 2, 3), writer.Floats(random, 1, 2, 3 * 2, 2)];
        string both = writer.Node("GRU", bands, [writer.NewName("bands")], ("hidden_size", 2), ("direction", "bidirectional"), ("linear_before_reset", 1))[0];
        string rows = writer.Node("Reshape", [writer.Node("Transpose", [both], ("perm", new long[] { 2, 0, 1, 3 })), writer.Integers(1, 6, 4)]);
        string[] time = [rows, writer.Floats(random, 1, 1, 3 * Units, 4), writer.Floats(random, 1, 1, 3 * Units, Units), "", "", "h0"];
        writer.Node("GRU", time, ["", "hn"], ("hidden_size", Units));
        writer.Node("Tanh", [writer.Node("Reshape", ["hn", writer.Integers(1, 6, Units)])], ["y"]);
        writer.Output("y");
        writer.Output("hn");
        byte[] bytes = writer.ToBytes();

        FloatModel model = OnnxImporter.Import(bytes, "bands.onnx");

        Assert.Equal(1, model.Steps);
        Assert.Equal([(true, 6), (true, 6), .. Enumerable.Repeat((false, 1), 6)], model.Nodes.OfType<RecurrentNode>().Select(node => (node.StartsAnew, node.Steps)));
        Assert.InRange(StatefulAgreement.Largest(bytes, model, 12, ("h0", "hn")), 0, 1e-6);
    }

    [Theory]
    [InlineData(13, null)]
    [InlineData("width", 13)]
    public void Import_StepsThatTheInputDoesNotFollow_AreInsideOfOneStep(object width, int? steps)
    {
        // A convolution of stride 2 makes 7 steps of 13 samples.
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 2, width);
        Random random = new(3);
        string features = writer.Node("Conv", ["x", writer.Floats(random, 1, 3, 2, 3)], ("strides", new long[] { 2 }), ("pads", new long[] { 1, 1 }));
        string rows = writer.Node("Transpose", [features], ("perm", new long[] { 2, 0, 1 }));
        writer.Node("LSTM", [rows, writer.Floats(random, 1, 2, 16, 3), writer.Floats(random, 1, 2, 16, 4)], ["", "y"], ("hidden_size", 4), ("direction", "bidirectional"));
        writer.Output("y");

        FloatModel model = OnnxImporter.Import(writer.ToBytes(), "frames.onnx", new ImportOptions { Steps = steps });

        Assert.Equal(1, model.Steps);
        Assert.Equal([(true, 7), (true, 7)], model.Nodes.OfType<RecurrentNode>().Select(node => (node.StartsAnew, node.Steps)));
        Assert.Contains(model.Notes, note => note.Contains("do not follow the 7 steps", StringComparison.Ordinal));
        Assert.InRange(StatefulAgreement.Largest(writer.ToBytes(), model, 3), 0, 1e-6);
    }

    [Fact]
    public void Import_FrameThatMakesSeveralStepsOfACarriedState_IsOneStep()
    {
        // 12 samples are 3 steps of a layer whose states the file hands on from frame to frame.
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 12);
        writer.Input("h0", 1, 1, Units);
        Random random = new(3);
        string rows = writer.Node("Reshape", ["x", writer.Integers(3, 1, 4)]);
        writer.Node("GRU", [rows, writer.Floats(random, 1, 1, 3 * Units, 4), writer.Floats(random, 1, 1, 3 * Units, Units), "", "", "h0"], ["all", "hn"], ("hidden_size", Units));
        writer.Node("ReduceMean", ["all"], ["y"], ("axes", new long[] { 0, 1 }));
        writer.Output("y");
        writer.Output("hn");

        FloatModel model = OnnxImporter.Import(writer.ToBytes(), "frames.onnx");

        RecurrentNode layer = Assert.Single(model.Nodes.OfType<RecurrentNode>());
        Assert.Equal((1, 3, false), (model.Steps, layer.Steps, layer.StartsAnew));
        Assert.InRange(StatefulAgreement.Largest(writer.ToBytes(), model, 12, ("h0", "hn")), 0, 1e-6);
    }
}
