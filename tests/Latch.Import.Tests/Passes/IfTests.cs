using Latch.Import.Graph;
using Latch.Import.Onnx;
using Latch.Import.Tests.BadInput;
using Latch.Import.Tests.Support;
using DataType = Latch.Import.Onnx.TensorProto.Types.DataType;

namespace Latch.Import.Tests.Passes;

/// <summary>If: the branch that a constant condition chooses, as ONNX Runtime takes it.</summary>
public sealed class IfTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Import_ConditionOnTheShape_TakesThatBranch(int steps)
    {
        // Squeezes the steps away when there is one, else takes their mean.
        OnnxWriter writer = new(13);
        writer.Input("x", "time", 3);
        string length = writer.Node("Gather", [writer.Node("Shape", ["x"]), writer.Scalar(0)]);
        string single = writer.Node("Equal", [length, writer.Scalar(1)]);
        OnnxWriter then = new(13, "then_");
        then.Node("Squeeze", ["x", then.Integers(0)], ["then_y"]);
        then.Output("then_y");
        OnnxWriter otherwise = new(13, "else_");
        otherwise.Node("Neg", [otherwise.Node("ReduceMean", ["x"], ("axes", new long[] { 0 }), ("keepdims", 0))], ["else_y"]);
        otherwise.Output("else_y");
        writer.Node("If", [single], ["y"], ("then_branch", then.Graph), ("else_branch", otherwise.Graph));
        writer.Output("y");

        FloatModel model = CheckAgainstOracle(writer, steps);

        Assert.Equal(steps == 1, !model.Nodes.OfType<ReduceNode>().Any());
        Assert.Equal([3], model.Outputs[0].Shape);
    }

    [Fact]
    public void Import_NestedBranches_ReadValuesAroundThem()
    {
        OnnxWriter writer = new(15);
        writer.Input("x", 1, 3);
        string inner = writer.Node("Tanh", ["x"]);
        OnnxWriter deep = new(15, "deep_");
        deep.Floats([3], [1, -2, 3], "shared");
        deep.Node("Add", [deep.Node("Mul", ["then_a", "shared"]), inner], ["deep_y"]);
        deep.Output("deep_y");
        OnnxWriter then = new(15, "then_");
        then.Node("Sigmoid", [inner], ["then_a"]);
        then.Node("If", ["no"], ["then_y"], ("then_branch", Failing("deep_then")), ("else_branch", deep.Graph));
        then.Node("Relu", ["then_a"], ["then_z"]);
        then.Output("then_y");
        then.Output("then_z");
        OnnxWriter otherwise = new(15, "else_");
        otherwise.Node("Erf", ["x"], ["else_y"]);
        otherwise.Node("Erf", ["x"], ["else_z"]);
        otherwise.Output("else_y");
        otherwise.Output("else_z");
        Truth(writer, "yes", true);
        Truth(writer, "no", false);
        writer.Node("If", ["yes"], ["y", "z"], ("then_branch", then.Graph), ("else_branch", otherwise.Graph));
        writer.Output("y");
        writer.Output("z");

        FloatModel model = CheckAgainstOracle(writer);

        Assert.Equal(["y", "z"], model.Outputs.Select(output => output.Name));
    }

    [Fact]
    public void Import_RecurrentLayerInABranch_IsARecurrentNode()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", "time", "batch", 3);
        Truth(writer, "no", false);
        OnnxWriter lstm = new(13, "lstm_");
        Random random = new(1);
        lstm.Node(
            "LSTM",
            ["x", lstm.Floats(random, 0.5f, 1, 16, 3), lstm.Floats(random, 0.5f, 1, 16, 4), lstm.Floats(random, 0.5f, 1, 32)],
            ["lstm_y", "lstm_h", "lstm_c"],
            ("hidden_size", 4));
        lstm.Output("lstm_c");
        writer.Node("If", ["no"], ["c"], ("then_branch", Failing("wrong")), ("else_branch", lstm.Graph));
        writer.Output("c");

        FloatModel model = CheckAgainstOracle(writer, steps: 5);

        Assert.Equal(5, Assert.Single(model.Nodes.OfType<RecurrentNode>()).Steps);
    }

    [Fact]
    public void Import_ConditionThatIsComputed_IsRefusedWithItsName()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 3);
        writer.Input("flag", 1, 1);
        OnnxWriter then = new(13, "then_"), otherwise = new(13, "else_");
        then.Node("Neg", ["x"], ["then_y"]);
        then.Output("then_y");
        otherwise.Node("Relu", ["x"], ["else_y"]);
        otherwise.Output("else_y");
        writer.Node("If", ["flag"], ["y"], ("then_branch", then.Graph), ("else_branch", otherwise.Graph));
        writer.Output("y");

        ImportException refusal = Refusal.Of(writer);

        Assert.Equal((ImportErrorCode.UnsupportedForm, "If", "cond"), (refusal.Code, refusal.OperatorName, refusal.Attribute));
        Assert.Contains("'flag' is computed", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_UnknownOperatorInTheBranchTaken_IsRefusedWithBothNodes()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 3);
        Truth(writer, "yes", true);
        OnnxWriter then = new(13, "then_");
        then.Node("NonZero", ["x"], ["then_y"]);
        then.Output("then_y");
        writer.Node("If", ["yes"], ["y"], ("then_branch", then.Graph), ("else_branch", Failing("else")));
        writer.Output("y");

        ImportException refusal = Refusal.Of(writer);

        Assert.Equal((ImportErrorCode.UnsupportedOperator, "NonZero"), (refusal.Code, refusal.OperatorName));
        Assert.Contains(writer.Model.Graph.Node[^1].Name, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_BranchThatReadsWhatNobodyWrites_IsRefused()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 3);
        Truth(writer, "yes", true);
        OnnxWriter then = new(13, "then_");
        then.Node("Neg", ["nothing"], ["then_y"]);
        then.Output("then_y");
        writer.Node("If", ["yes"], ["y"], ("then_branch", then.Graph), ("else_branch", Failing("else")));
        writer.Output("y");

        ImportException refusal = Refusal.Of(writer);

        Assert.Equal(ImportErrorCode.BrokenGraph, refusal.Code);
        Assert.Contains("'nothing'", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>A branch that would fail if it ran: shapes that do not fit.</summary>
    private static GraphProto Failing(string prefix)
    {
        OnnxWriter branch = new(13, prefix + "_");
        branch.Node("Reshape", ["x", branch.Integers(7, 7)], [$"{prefix}_y"]);
        branch.Output($"{prefix}_y");
        return branch.Graph;
    }

    private static void Truth(OnnxWriter writer, string name, bool value)
    {
        string constant = writer.Integers([], [value ? 1 : 0], DataType.Bool);
        writer.Node("Identity", [constant], [name]);
    }

    private static FloatModel CheckAgainstOracle(OnnxWriter writer, int? steps = null)
    {
        byte[] bytes = writer.ToBytes();
        using OnnxOracle oracle = new(bytes);
        FloatModel model = OnnxImporter.Import(bytes, "if.onnx", new ImportOptions { Steps = steps });
        Assert.InRange(Agreement.WithOracle(model, oracle, Agreement.RandomInputs(model, new Random(1))), 0, 1e-6);
        return model;
    }
}
