using Latch.Import.Graph;
using Latch.Import.Tests.BadInput;
using Latch.Import.Tests.Support;
using DataType = Latch.Import.Onnx.TensorProto.Types.DataType;

namespace Latch.Import.Tests.Passes;

/// <summary>Outputs that are random or constant are cut off, and a note says so.</summary>
public sealed class HeadTests
{
    [Fact]
    public void Import_MultinomialBehindMaskAndSoftmax_IsCutAtTheLogits()
    {
        OnnxWriter writer = Policy(out string logits);

        FloatModel model = OnnxImporter.Import(writer.ToBytes(), "policy.onnx");

        Assert.Equal([logits, "value"], model.Outputs.Select(output => output.Name));
        Assert.Equal(["x"], model.Inputs.Select(input => input.Name));
        string note = Assert.Single(model.Notes);
        Assert.Contains("'action' was cut off", note, StringComparison.Ordinal);
        Assert.Contains($"'{writer.Model.Graph.Node.Single(node => node.OpType == "Multinomial").Name}' (Multinomial)", note, StringComparison.Ordinal);
        Assert.Contains($"'{logits}'", note, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_CutModel_GivesTheLogitsOfOnnxRuntime()
    {
        OnnxWriter writer = Policy(out string logits);
        FloatModel model = OnnxImporter.Import(writer.ToBytes(), "policy.onnx");
        writer.Model.Graph.Output.Clear();
        writer.Output(logits);
        writer.Output("value");
        using OnnxOracle oracle = new(writer.ToBytes());

        Dictionary<string, float[]> inputs = Agreement.RandomInputs(model, new Random(1));
        Dictionary<string, float[]> expected = oracle.Run([("x", [1, 3], inputs["x"]), ("mask", [1, 5], [1, 1, 1, 1, 1])]);

        Assert.InRange(Agreement.Largest(expected, new Latch.Import.Reference.FloatReference(model).Run(inputs)), 0, 1e-6);
    }

    [Fact]
    public void Import_NoiseAddedToAMean_IsCutAtTheMean()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 3);
        string mean = writer.Node("Tanh", [writer.Node("MatMul", ["x", writer.Floats(new Random(1), 1, 3, 2)])]);
        string noise = writer.Node("Mul", [writer.Node("RandomNormalLike", [mean]), writer.Floats([2], [0.1f, 0.2f])]);
        writer.Node("Add", [mean, noise], ["action"]);
        writer.Output("action");

        Assert.Equal([mean], OnnxImporter.Import(writer.ToBytes(), "policy.onnx").Outputs.Select(output => output.Name));
    }

    [Fact]
    public void Import_NothingButNoise_IsRefused()
    {
        OnnxWriter writer = new(13);
        writer.Node("RandomNormal", [], ["y"], ("shape", new long[] { 1, 3 }));
        writer.Output("y");

        ImportException refusal = Refusal.Of(writer);

        Assert.Contains("'y' was cut off", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_ConstantOutputsBesideComputedOnes_AreDroppedWithTheirNumbers()
    {
        OnnxWriter writer = SmallModels.Dense();
        string version = writer.Integers([1], [3]);
        writer.Node("Identity", [version], ["version_number"]);
        writer.Output("version_number", DataType.Int64);
        writer.Node("Identity", [writer.Floats([1], [128])], ["memory_size"]);
        writer.Output("memory_size");
        writer.Node("Shape", ["x"], ["action_shape"]);
        writer.Output("action_shape", DataType.Int64);

        FloatModel model = OnnxImporter.Import(writer.ToBytes(), "policy.onnx");

        Assert.Equal(["y"], model.Outputs.Select(output => output.Name));
        Assert.Equal(
            ["the output 'version_number' was dropped: it is a constant, 3", "the output 'memory_size' was dropped: it is a constant, 128", "the output 'action_shape' was dropped: it is a constant"],
            model.Notes);
    }

    /// <summary>A policy as agents have them: logits, a mask, Softmax, Log, Multinomial; and a value beside it.</summary>
    private static OnnxWriter Policy(out string logits)
    {
        OnnxWriter writer = new(9);
        writer.Input("x", 1, 3);
        writer.Input("mask", 1, 5);
        logits = writer.Node("Gemm", ["x", writer.Floats(new Random(1), 1, 3, 5), writer.Floats(new Random(2), 1, 5)]);
        string closed = writer.Node("Mul", [writer.Node("Sub", [writer.Floats([], [1]), "mask"]), writer.Floats([], [1e8f])]);
        string masked = writer.Node("Sub", [writer.Node("Mul", [logits, "mask"]), closed]);
        string probability = writer.Node("Softmax", [masked], ("axis", 1));
        string action = writer.Node("Multinomial", [writer.Node("Log", [probability])], ("sample_size", 1), ("dtype", 7));
        writer.Node("Concat", [action], ["action"], ("axis", 1));
        writer.Output("action", DataType.Int64);
        writer.Node("Gemm", ["x", writer.Floats(new Random(3), 1, 3, 1), writer.Floats(new Random(4), 1, 1)], ["value"]);
        writer.Output("value");
        return writer;
    }
}
