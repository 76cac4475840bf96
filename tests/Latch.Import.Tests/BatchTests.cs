using Latch.Import.Graph;
using Latch.Import.Reference;
using Latch.Import.Tests.Support;

namespace Latch.Import.Tests;

/// <summary>Files whose recurrent layers have a batch: one that the exporter fixed, and rows that the graph makes of another axis.</summary>
public sealed class BatchTests
{
    [Theory]
    [InlineData("LSTM", 4)]
    [InlineData("GRU", 3)]
    [InlineData("RNN", 1)]
    public void Import_FixedBatch_IsTakenAsOne(string cell, int gates)
    {
        // Batch 3: the state is a constant with three rows, and a reshape repeats the 3.
        OnnxWriter writer = new(13);
        writer.Input("x", 5, 3, 2);
        Random random = new(1);
        string state = writer.Floats([1, 3, 4], new float[12]);
        string[] inputs = ["x", writer.Floats(random, 1, 1, gates * 4, 2), writer.Floats(random, 1, 1, gates * 4, 4), writer.Floats(random, 1, 1, gates * 8), "", state];
        string last = writer.Node(cell, inputs, ["", writer.NewName("h")], ("hidden_size", 4))[1];
        writer.Node("Reshape", [last, writer.Integers(3, 4)], ["y"]);
        writer.Output("y");
        byte[] bytes = writer.ToBytes();

        FloatModel model = OnnxImporter.Import(bytes, "model");

        Assert.Equal([5, 1, 2], model.Inputs[0].Shape);
        Assert.Contains(model.Notes, note => note.Contains("fixes the batch to 3", StringComparison.Ordinal));
        float[] row = Agreement.RandomInputs(model, new Random(2))["x"];
        float[] rows = [.. row.Chunk(2).SelectMany(step => new[] { step, step, step }).SelectMany(step => step)];
        using OnnxOracle oracle = new(bytes);
        float[] expected = oracle.Run([("x", [5, 3, 2], rows)])["y"];
        IReadOnlyDictionary<string, float[]> actual = new FloatReference(model).Run(new Dictionary<string, float[]> { ["x"] = row });
        Assert.InRange(Agreement.Largest(new Dictionary<string, float[]> { ["y"] = expected[..4] }, actual), 0, 1e-6);
    }

    [Theory]
    [InlineData("LSTM", 4, "forward", 0)]
    [InlineData("LSTM", 4, "bidirectional", 0)]
    [InlineData("LSTM", 4, "bidirectional", 1)]
    [InlineData("GRU", 3, "forward", 1)]
    [InlineData("GRU", 3, "bidirectional", 0)]
    [InlineData("RNN", 1, "reverse", 0)]
    public void Import_RowsThatTheGraphMakes_BecomeLayersOfTheirOwn(string cell, int gates, string direction, int layout)
    {
        // x [1, 2, 12] read as 3 rows of 2 steps of 4 numbers; each row begins with a state of its own.
        int directions = direction == "bidirectional" ? 2 : 1;
        OnnxWriter writer = new(14);
        writer.Input("x", 1, 2, 12);
        Random random = new(1);
        string rows = writer.Node("Reshape", ["x", writer.Integers(layout == 0 ? [2, 3, 4] : [3, 2, 4])]);
        string state = writer.Floats(random, 1, layout == 0 ? [directions, 3, 5] : [3, directions, 5]);
        string[] inputs = [rows, writer.Floats(random, 1, directions, gates * 5, 4), writer.Floats(random, 1, directions, gates * 5, 5), "", "", state];
        if (layout == 0)
            writer.Node(cell, inputs, ["y", "h"], ("hidden_size", 5), ("direction", direction));
        else
            writer.Node(cell, inputs, ["y", "h"], ("hidden_size", 5), ("direction", direction), ("layout", 1));
        writer.Output("y");
        writer.Output("h");

        FloatModel model = OnnxImporter.Import(writer.ToBytes(), "model");

        Assert.Equal(3 * directions, model.Nodes.OfType<RecurrentNode>().Count());
        if (layout == 0)
        {
            using OnnxOracle oracle = new(writer.ToBytes()); // ONNX Runtime knows no layout 1.
            Assert.InRange(Agreement.WithOracle(model, oracle, Agreement.RandomInputs(model, new Random(2))), 0, 1e-6);
            return;
        }
        Assert.Equal([3, 2, directions, 5], model.Outputs[0].Shape);
        Assert.Equal([3, directions, 5], model.Outputs[1].Shape);
    }
}
