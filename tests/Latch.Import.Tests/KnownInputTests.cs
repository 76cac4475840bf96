using Latch.Import.Graph;
using Latch.Import.Reference;
using Latch.Import.Tests.BadInput;
using Latch.Import.Tests.Support;
using DataType = Latch.Import.Onnx.TensorProto.Types.DataType;

namespace Latch.Import.Tests;

/// <summary>Inputs of whole numbers that are no inputs of a model: a sample rate that chooses a branch, lengths of sequences.</summary>
public sealed class KnownInputTests
{
    [Theory]
    [InlineData(null, 16000)]
    [InlineData(16000L, 16000)]
    [InlineData(8000L, 8000)]
    public void Import_RateThatChoosesABranch_IsTheOneComparedWithOrTheOneSaid(long? said, long expected)
    {
        byte[] bytes = Branches().ToBytes();
        Dictionary<string, long> given = said is long rate ? new() { ["sr"] = rate } : [];

        FloatModel model = OnnxImporter.Import(bytes, "model", new ImportOptions { Inputs = given });

        Assert.Equal(expected, Assert.Contains("sr", model.KnownInputs));
        Assert.Equal("x", Assert.Single(model.Inputs).Name);
        Dictionary<string, float[]> inputs = Agreement.RandomInputs(model, new Random(1));
        using OnnxOracle oracle = new(bytes);
        Dictionary<string, float[]> results = oracle.Run([("x", [1, 3], inputs["x"]), ("sr", [], [expected])]);
        Assert.InRange(Agreement.Largest(results, new FloatReference(model).Run(inputs)), 0, 1e-6);
        Assert.Equal(said is null, model.Notes.Any(note => note.Contains("'sr' is taken as 16000", StringComparison.Ordinal)));
    }

    [Fact]
    public void Import_KnownInputThatDoesNotExist_IsRefusedWithTheInputs()
    {
        ImportException refusal = Refusal.Of(Branches(), new ImportOptions { Inputs = new Dictionary<string, long> { ["rate"] = 1 } });

        Assert.Contains("'rate' is no input", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("'x', 'sr'", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public void Import_LengthsThatPickTheLastStep_AreTheNumberOfSteps(int steps)
    {
        // y = the LSTM's hidden state at length - 1, as PyTorch writes gather(1, lengths - 1).
        OnnxWriter writer = new(18);
        writer.Input("x", "batch", "time", 3);
        writer.Input("lengths", DataType.Int64, "batch");
        Random random = new(1);
        string timeFirst = writer.Node("Transpose", ["x"], ("perm", new long[] { 1, 0, 2 }));
        string[] inputs = [timeFirst, writer.Floats(random, 1, 1, 16, 3), writer.Floats(random, 1, 1, 16, 4), "", ""];
        string all = writer.Node("LSTM", inputs, [writer.NewName("all")], ("hidden_size", 4))[0];
        string hidden = writer.Node("Transpose", [writer.Node("Squeeze", [all, writer.Integers(1)])], ("perm", new long[] { 1, 0, 2 }));
        string last = writer.Node("Clip", [writer.Node("Sub", ["lengths", writer.Scalar(1)]), writer.Scalar(0)]);
        string index = writer.Node("Expand", [writer.Node("Reshape", [last, writer.Integers(-1, 1, 1)]), writer.Integers(1, 1, 4)]);
        writer.Node("GatherElements", [hidden, index], ["y"], ("axis", 1));
        writer.Output("y");
        byte[] bytes = writer.ToBytes();

        FloatModel model = OnnxImporter.Import(bytes, "model", new ImportOptions { Steps = steps });

        Assert.Equal(steps, Assert.Contains("lengths", model.KnownInputs));
        Dictionary<string, float[]> values = Agreement.RandomInputs(model, new Random(1));
        using OnnxOracle oracle = new(bytes);
        Dictionary<string, float[]> results = oracle.Run([("x", [1, steps, 3], values["x"]), ("lengths", [1], [steps])]);
        Assert.InRange(Agreement.Largest(results, new FloatReference(model).Run(values)), 0, 1e-6);
    }

    [Fact]
    public void Import_LengthsOfARecurrentNode_AreTheNumberOfSteps()
    {
        OnnxWriter writer = SmallModels.Lstm();
        writer.Input("lens", DataType.Int32, "batch");
        writer.Model.Graph.Node[0].Input.Add("lens");

        FloatModel model = OnnxImporter.Import(writer.ToBytes(), "model", new ImportOptions { Steps = 4 });

        Assert.Equal(4, model.KnownInputs["lens"]);
        Assert.Equal("x", Assert.Single(model.Inputs).Name);
    }

    private static OnnxWriter Branches()
    {
        OnnxWriter writer = new(16);
        writer.Input("x", 1, 3);
        writer.Input("sr", DataType.Int64);
        OnnxWriter then = new(16, "then_"), otherwise = new(16, "else_");
        then.Node("Tanh", ["x"], ["then_y"]);
        then.Output("then_y");
        otherwise.Node("Relu", ["x"], ["else_y"]);
        otherwise.Output("else_y");
        writer.Node("If", [writer.Node("Equal", ["sr", writer.Scalar(16000)])], ["y"], ("then_branch", then.Graph), ("else_branch", otherwise.Graph));
        writer.Output("y");
        return writer;
    }
}
