using Latch.Import.Graph;
using Latch.Import.Reference;
using Latch.Import.Tests.BadInput;
using Latch.Import.Tests.Support;

namespace Latch.Import.Tests.Passes;

/// <summary>Loops of cells that start from something else than zeros: from what was learnt, from an input.</summary>
public sealed class LoopStartTests
{
    private const int Inputs = 3;
    private const int Units = 4;
    private static readonly float[] s_learnt = [0.1f, -0.2f, 0.3f, 0.4f];

    public static TheoryData<string, int> Constants()
    {
        TheoryData<string, int> cells = [];
        foreach (string cell in new[] { "RNN", "GRU", "GRU after", "LSTM" })
        {
            foreach (int steps in new[] { 1, 5 })
                cells.Add(cell, steps);
        }
        return cells;
    }

    [Theory]
    [MemberData(nameof(Constants))]
    public void Import_LearntStart_IsTheInitialStateOfTheLayer(string cell, int steps)
    {
        OnnxWriter writer = new(13);
        writer.Input("x", "time", 1, Inputs);
        Loop(writer, cell, _ => writer.Floats([1, Units], s_learnt));

        RecurrentNode node = Check(writer, steps, out FloatModel model);

        Assert.Equal(steps, node.Steps);
        Assert.Equal(s_learnt, model.Constants[node.InitialH!].Data);
        Assert.Equal(cell == "LSTM" ? s_learnt : null, node.InitialC is { } state ? model.Constants[state].Data : null);
    }

    [Theory]
    [MemberData(nameof(Constants))]
    public void Import_StartFromZeros_HasNoInitialState(string cell, int steps)
    {
        OnnxWriter writer = new(13);
        writer.Input("x", "time", 1, Inputs);
        Loop(writer, cell, _ => writer.Node("Expand", [writer.Floats([], [0]), writer.Integers(1, Units)]));

        RecurrentNode node = Check(writer, steps, out _);

        Assert.Equal((null, null), (node.InitialH, node.InitialC));
    }

    [Theory]
    [MemberData(nameof(Constants))]
    public void Import_StartFromAnInput_IsTheInitialStateOfTheLayer(string cell, int steps)
    {
        OnnxWriter writer = new(13);
        writer.Input("x", "time", 1, Inputs);
        Loop(writer, cell, state => writer.Input($"given_{state}", 1, Units));

        Assert.NotNull(Check(writer, steps, out _).InitialH);
    }

    [Fact]
    public void Run_LearntStartStepByStep_GivesTheWholeSequence()
    {
        const int Steps = 6;
        OnnxWriter writer = new(13);
        writer.Input("x", "time", 1, Inputs);
        Loop(writer, "GRU", _ => writer.Floats([1, Units], s_learnt));
        byte[] bytes = writer.ToBytes();
        FloatReference reference = new(OnnxImporter.Import(bytes, "loop.onnx"), carryState: true);
        using OnnxOracle oracle = new(bytes);
        Random random = new(1);
        float[] x = [.. Enumerable.Range(0, Steps * Inputs).Select(_ => (2 * random.NextSingle()) - 1)];
        float[] expected = oracle.Run([("x", [Steps, 1, Inputs], x)])["y"];

        for (int step = 0; step < Steps; step++)
        {
            float[] y = reference.Run(new Dictionary<string, float[]> { ["x"] = x[(step * Inputs)..((step + 1) * Inputs)] })["y"];
            for (int unit = 0; unit < Units; unit++)
                Assert.Equal(expected[(step * Units) + unit], y[unit], 3e-6);
        }
    }

    [Fact]
    public void Import_LoopThatSwapsItsStates_IsRefusedForOneStep()
    {
        // Each cell starts from what the other carried value was: one step alone is no cell that carries its own state.
        OnnxWriter writer = new(13);
        writer.Input("x", "time", 1, Inputs);
        OnnxWriter body = new(13, "body_");
        body.Input("body_a", 1, Units);
        body.Input("body_b", 1, Units);
        body.Input("body_x", 1, Inputs);
        body.Node("Identity", [GruCell.Write(body, "body_x", "body_b", Inputs, Units, true, "n + z (h - n)", "Sigmoid", "Tanh")], ["body_a_out"]);
        body.Node("Identity", ["body_a"], ["body_b_out"]);
        body.Node("Identity", ["body_a_out"], ["body_y"]);
        foreach (string output in new[] { "body_a_out", "body_b_out", "body_y" })
            body.Output(output);
        string[] starts = [writer.Floats([1, Units], s_learnt), writer.Floats([1, Units], new float[Units])];
        writer.Node("Scan", [.. starts, "x"], ["a", "b", "y"], ("body", body.Graph), ("num_scan_inputs", 1));
        writer.Output("y");

        Assert.Equal("Scan", Refusal.Of(writer, new ImportOptions { Steps = 1 }).OperatorName);
    }

    [Theory]
    [InlineData("RNN")]
    [InlineData("GRU after")]
    [InlineData("LSTM")]
    public void Import_AsManyStepsAsALoopMayHave_IsOneLayer(string cell)
    {
        // The time an import takes grows with the steps, not with their square: that would be minutes here.
        const int Steps = 2048;
        OnnxWriter writer = new(13);
        writer.Input("x", "time", 1, Inputs);
        Loop(writer, cell, _ => writer.Floats([1, Units], s_learnt));

        Assert.Equal(Steps, Check(writer, Steps, out _).Steps);
    }

    private static RecurrentNode Check(OnnxWriter writer, int steps, out FloatModel model)
    {
        byte[] bytes = writer.ToBytes();
        model = OnnxImporter.Import(bytes, "loop.onnx", new ImportOptions { Steps = steps });
        RecurrentNode node = Assert.Single(model.Nodes.OfType<RecurrentNode>());
        using OnnxOracle oracle = new(bytes);
        Assert.InRange(Agreement.WithOracle(model, oracle, Agreement.RandomInputs(model, new Random(1))), 0, 3e-6);
        return node;
    }

    /// <summary>A Scan of a cell over x [time,1,I] to y [time,1,H].</summary>
    private static void Loop(OnnxWriter writer, string cell, Func<char, string> start)
    {
        OnnxWriter body = new(13, "body_");
        body.Input("body_h", 1, Units);
        if (cell == "LSTM")
            body.Input("body_c", 1, Units);
        body.Input("body_x", 1, Inputs);
        string[] states = cell switch
        {
            "RNN" => [body.Node("Tanh", [Sum(body, new Random(3))])],
            "LSTM" => Lstm(body),
            _ => [GruCell.Write(body, "body_x", "body_h", Inputs, Units, cell == "GRU after", "(1 - z) n + z h", "Sigmoid", "Tanh")],
        };
        foreach (string value in states.Append(states[0]))
            body.Output(body.Node("Identity", [value]));
        string[] names = cell == "LSTM" ? ["h", "c"] : ["h"];
        writer.Node("Scan", [.. names.Select(name => start(name[0])), "x"], [.. names, "y"], ("body", body.Graph), ("num_scan_inputs", 1));
        writer.Output("y");
    }

    private static string[] Lstm(OnnxWriter body)
    {
        Random random = new(3);
        string[] gates = [.. "foi".Select(_ => body.Node("Sigmoid", [Sum(body, random)]))];
        string cell = body.Node("Add", [body.Node("Mul", [gates[0], "body_c"]), body.Node("Mul", [gates[2], body.Node("Tanh", [Sum(body, random)])])]);
        return [body.Node("Mul", [gates[1], body.Node("Tanh", [cell])]), cell];
    }

    private static string Sum(OnnxWriter body, Random random) => body.Node(
        "Add",
        [body.Node("MatMul", ["body_x", body.Floats(random, 0.6f, Inputs, Units)]), body.Node("MatMul", ["body_h", body.Floats(random, 0.6f, Units, Units)])]);
}
