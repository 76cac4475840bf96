using Latch.Import.Graph;
using Latch.Import.Onnx;
using Latch.Import.Tests.Support;
using DataType = Latch.Import.Onnx.TensorProto.Types.DataType;

namespace Latch.Import.Tests.BadInput;

/// <summary>Valid ONNX that cannot be imported: operators, attributes, forms, shapes.</summary>
public sealed class UnsupportedTests
{
    [Fact]
    public void Import_UnknownOperator_IsRefusedWithNodeOperatorAndTheSupportedList()
    {
        ImportException refusal = Refusal.Of(SmallModels.Single("NonZero", 13));

        Assert.Equal((ImportErrorCode.UnsupportedOperator, "NonZero", "node_0"), (refusal.Code, refusal.OperatorName, refusal.Node));
        Assert.Contains(string.Join(", ", OnnxImporter.SupportedOperators), refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_SeveralUnknownOperators_AreAllNamed()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 3);
        writer.Node("NonZero", [writer.Node("Det", ["x"])], ["y"]);
        writer.Output("y");

        Assert.Contains("unsupported: Det, NonZero.", Refusal.Of(writer).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_OperatorOfAnotherDomain_IsRefused()
    {
        OnnxWriter writer = SmallModels.Single("Relu", 13);
        writer.Model.Graph.Node[0].Domain = "com.microsoft";

        Assert.Equal("com.microsoft.Relu", Refusal.Of(writer).OperatorName);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(26)]
    [InlineData(0)]
    [InlineData(-1)]
    public void Import_OperatorSetOutsideOfTheRange_IsRefused(int opset) =>
        Assert.Equal(ImportErrorCode.UnsupportedOpset, Refusal.Of(SmallModels.Single("Relu", opset)).Code);

    [Fact]
    public void Import_AttributeThatTheOperatorDoesNotKnow_IsRefusedWithItsName()
    {
        ImportException refusal = Refusal.Of(SmallModels.Single("Relu", 13, ("slope", 0.5f)));

        Assert.Equal((ImportErrorCode.UnsupportedForm, "slope"), (refusal.Code, refusal.Attribute));
    }

    [Fact]
    public void Import_AttributeOfAnotherType_IsRefused() =>
        Assert.Equal("alpha", Refusal.Of(SmallModels.Single("LeakyRelu", 13, ("alpha", 1))).Attribute);

    [Fact]
    public void Import_InputThatTheOperatorDoesNotKnow_IsRefused()
    {
        OnnxWriter writer = SmallModels.Single("Relu", 13);
        writer.Model.Graph.Node[0].Input.Add("x");

        Assert.Equal("input 1", Refusal.Of(writer).Attribute);
    }

    [Theory]
    [InlineData("Relu")]
    [InlineData("Dropout")]
    public void Import_OutputThatTheImportDoesNotWrite_IsRefused(string operatorName)
    {
        OnnxWriter writer = SmallModels.Single(operatorName, 13);
        writer.Model.Graph.Node[0].Output.Add("second");
        writer.Output("second");

        Assert.Equal("output 1", Refusal.Of(writer).Attribute);
    }

    [Fact]
    public void Import_AttributeThatIsNotANumber_IsRefused() =>
        Assert.Equal(ImportErrorCode.NotFinite, Refusal.Of(SmallModels.Single("LeakyRelu", 13, ("alpha", float.NaN))).Code);

    [Theory]
    [InlineData("direction", "sideways")]
    [InlineData("activations", "Gelu,Tanh,Tanh")]
    [InlineData("activations", "Sigmoid")]
    public void Import_RecurrentAttributeOutOfRange_IsRefused(string name, string value)
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 1, 3);
        Random random = new(1);
        string[] inputs = ["x", writer.Floats(random, 1, 1, 16, 3), writer.Floats(random, 1, 1, 16, 4)];
        writer.Node("LSTM", inputs, ["y"], (name, name == "activations" ? value.Split(',') : value));
        writer.Output("y");

        Assert.Equal(name, Refusal.Of(writer).Attribute);
    }

    [Theory]
    [InlineData("hidden_size", 5)]
    [InlineData("layout", 2)]
    [InlineData("clip", -1f)]
    public void Import_RecurrentNumberOutOfRange_IsRefused(string name, object value)
    {
        OnnxWriter writer = new(14);
        writer.Input("x", 1, 1, 3);
        Random random = new(1);
        string[] inputs = ["x", writer.Floats(random, 1, 1, 16, 3), writer.Floats(random, 1, 1, 16, 4)];
        writer.Node("LSTM", inputs, ["y"], (name, value));
        writer.Output("y");

        Refusal.Of(writer);
    }

    [Fact]
    public void Import_SequenceLengthsBelowTheSteps_IsRefused()
    {
        OnnxWriter writer = SmallModels.Lstm();
        writer.Model.Graph.Node[0].Input.Add(writer.Integers([1], [3], DataType.Int32));

        ImportException refusal = Refusal.Of(writer, new ImportOptions { Steps = 4 });

        Assert.Equal((ImportErrorCode.UnsupportedForm, "sequence_lens"), (refusal.Code, refusal.Attribute));
    }

    [Fact]
    public void Import_WeightsThatAreComputed_IsRefused()
    {
        OnnxWriter writer = SmallModels.Lstm();
        writer.Input("r", 1, 16, 4);
        writer.Model.Graph.Node[0].Input[2] = "r";

        Assert.Equal("R", Refusal.Of(writer).Attribute);
    }

    [Fact]
    public void Import_DropoutInTrainingMode_IsRefused()
    {
        OnnxWriter writer = SmallModels.Single("Dropout", 13);
        writer.Model.Graph.Node[0].Input.AddRange([writer.Floats([], [0.5f]), writer.Integers([], [1], DataType.Bool)]);

        Assert.Equal("training_mode", Refusal.Of(writer).Attribute);
    }

    [Theory]
    [InlineData((int)DataType.String)]
    [InlineData((int)DataType.Complex64)]
    public void Import_InputOfAnotherType_IsRefused(int type)
    {
        OnnxWriter writer = SmallModels.Single("Relu", 13);
        writer.Model.Graph.Input[0].Type.TensorType.ElemType = type;

        Assert.Equal(ImportErrorCode.UnsupportedForm, Refusal.Of(writer).Code);
    }

    [Fact]
    public void Import_InputWithoutShape_IsRefused()
    {
        OnnxWriter writer = SmallModels.Single("Relu", 13);
        writer.Model.Graph.Input[0].Type.TensorType.Shape = null;

        Assert.Equal(ImportErrorCode.UnresolvedShape, Refusal.Of(writer).Code);
    }

    [Fact]
    public void Import_BatchThatTheGraphMakesOfMoreThan64Rows_IsRefused()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 65, 3);
        Random random = new(1);
        string rows = writer.Node("Relu", [writer.Node("Concat", ["x", "x"], ("axis", 1))]);
        writer.Node("LSTM", [rows, writer.Floats(random, 0.5f, 1, 16, 3), writer.Floats(random, 0.5f, 1, 16, 4)], ["y"], ("hidden_size", 4));
        writer.Output("y");

        ImportException refusal = Refusal.Of(writer);

        Assert.Equal((ImportErrorCode.UnresolvedShape, "LSTM", "X"), (refusal.Code, refusal.OperatorName, refusal.Attribute));
        Assert.Contains("batch is 130", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_StepsThatTheFileContradicts_IsRefusedWithBothNumbers()
    {
        OnnxWriter writer = SmallModels.Lstm();
        writer.Model.Graph.Input[0].Type.TensorType.Shape.Dim[0].DimValue = 7;

        ImportException refusal = Refusal.Of(writer, new ImportOptions { Steps = 5 });

        Assert.Equal(ImportErrorCode.UnresolvedShape, refusal.Code);
        Assert.Contains("steps to 7, asked for were 5", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_StepsThatAShapeInsideHolds_AreNotReplaced()
    {
        OnnxWriter writer = SmallModels.Lstm();
        writer.Model.Graph.Input[0].Type.TensorType.Shape.Dim[0].DimValue = 7;
        writer.Model.Graph.Output.Clear();
        writer.Node("Reshape", ["y", writer.Integers(28)], ["flat"]);
        writer.Output("flat");

        ImportException refusal = Refusal.Of(writer, new ImportOptions { Steps = 5, ReplaceSteps = true });

        Assert.Contains("steps to 7, asked for were 5; with that many the graph does not fit together", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_StepsReplaced_AreThoseOfAFileThatLeavesThemOpen()
    {
        OnnxWriter writer = SmallModels.Lstm();
        byte[] open = writer.ToBytes();
        writer.Model.Graph.Input[0].Type.TensorType.Shape.Dim[0].DimValue = 7;

        FloatModel replaced = OnnxImporter.Import(writer.ToBytes(), "model", new ImportOptions { Steps = 5, ReplaceSteps = true });

        Assert.Equal(5, replaced.Steps);
        using OnnxOracle oracle = new(open);
        Assert.InRange(Agreement.WithOracle(replaced, oracle, Agreement.RandomInputs(replaced, new Random(1))), 0, 1e-5);
    }

    [Fact]
    public void Import_TooManySteps_IsRefusedAtOnce() =>
        Refusal.Of(SmallModels.Lstm(), new ImportOptions { Steps = int.MaxValue });

    [Fact]
    public void Import_StepsBelowOne_Throws() => Assert.Throws<ArgumentOutOfRangeException>(
        () => OnnxImporter.Import(SmallModels.Lstm().ToBytes(), "model", new ImportOptions { Steps = 0 }));

    [Fact]
    public void Import_OpenFeatureAxis_IsRefused()
    {
        OnnxWriter writer = SmallModels.Lstm();
        writer.Model.Graph.Input[0].Type.TensorType.Shape.Dim[2] = new TensorShapeProto.Types.Dimension { DimParam = "features" };

        Assert.Equal((ImportErrorCode.ShapeMismatch, "W"), (Refusal.Of(writer).Code, Refusal.Of(writer).Attribute));
    }

    [Theory]
    [InlineData("ConstantOfShape")]
    [InlineData("Expand")]
    [InlineData("Tile")]
    public void Import_SmallFileThatAsksForAHugeValue_IsRefusedAtOnce(string operatorName)
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 1);
        string lengths = writer.Integers(1 << 20, 1 << 20);
        string huge = operatorName == "ConstantOfShape"
            ? writer.Node(operatorName, [lengths])
            : writer.Node(operatorName, [writer.Floats([1, 1], [1]), lengths]);
        writer.Node("Add", ["x", huge], ["y"]);
        writer.Output("y");

        ImportException refusal = Refusal.Of(writer);

        Assert.Equal((ImportErrorCode.ShapeMismatch, operatorName), (refusal.Code, refusal.OperatorName));
    }

    [Theory]
    [InlineData("Reshape", new long[] { 2, 2 })]
    [InlineData("Reshape", new long[] { -1, -1 })]
    [InlineData("Reshape", new long[] { -9223372036854775808, 9223372036854775807 })]
    [InlineData("Gather", new long[] { 3 })]
    [InlineData("Expand", new long[] { 2, 2 })]
    [InlineData("Squeeze", new long[] { 1 })]
    [InlineData("Unsqueeze", new long[] { 9 })]
    [InlineData("Tile", new long[] { 2 })]
    public void Import_NumbersThatDoNotFitTheShape_IsRefused(string operatorName, long[] numbers)
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 3);
        (string, object)[] attributes = operatorName == "Gather" ? [("axis", 1)] : [];
        writer.Node(operatorName, ["x", writer.Integers(numbers)], ["y"], attributes);
        writer.Output("y");

        ImportException refusal = Refusal.Of(writer);

        Assert.Equal((ImportErrorCode.ShapeMismatch, operatorName), (refusal.Code, refusal.OperatorName));
    }

    [Fact]
    public void Import_DivisionByZeroInShapeArithmetic_IsRefused()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 3);
        writer.Node("Reshape", ["x", writer.Node("Div", [writer.Integers(3, 1), writer.Integers(0, 1)])], ["y"]);
        writer.Output("y");

        Assert.Equal("Div", Refusal.Of(writer).OperatorName);
    }
}
