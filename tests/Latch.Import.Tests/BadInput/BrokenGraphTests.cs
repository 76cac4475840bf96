using Latch.Import.Onnx;
using Latch.Import.Tests.Support;
using DataType = Latch.Import.Onnx.TensorProto.Types.DataType;

namespace Latch.Import.Tests.BadInput;

/// <summary>Files that parse, but whose graph or tensors contradict themselves.</summary>
public sealed class BrokenGraphTests
{
    [Fact]
    public void Import_Cycle_IsRefused()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 3);
        writer.Node("Add", ["x", "b"], ["a"]);
        writer.Node("Relu", ["a"], ["b"]);
        writer.Node("Relu", ["b"], ["y"]);
        writer.Output("y");

        ImportException refusal = Refusal.Of(writer);

        Assert.Equal(ImportErrorCode.BrokenGraph, refusal.Code);
        Assert.Contains("cycle", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_ValueReadButNeverWritten_IsRefusedWithItsName()
    {
        OnnxWriter writer = SmallModels.Lstm();
        writer.Model.Graph.Initializer.RemoveAt(1);

        ImportException refusal = Refusal.Of(writer);

        Assert.Equal(ImportErrorCode.BrokenGraph, refusal.Code);
        Assert.Contains("'w_1'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("(LSTM)", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_OutputThatNothingWrites_IsRefused()
    {
        OnnxWriter writer = SmallModels.Dense();
        writer.Output("z");

        Assert.Equal(ImportErrorCode.BrokenGraph, Refusal.Of(writer).Code);
    }

    [Theory]
    [InlineData("node")]
    [InlineData("initializer")]
    [InlineData("input")]
    [InlineData("output")]
    public void Import_NameThatOccursTwice_IsRefused(string kind)
    {
        OnnxWriter writer = SmallModels.Dense();
        GraphProto graph = writer.Model.Graph;
        switch (kind)
        {
            case "node":
                graph.Node.Add(graph.Node[0].Clone());
                break;
            case "initializer":
                graph.Initializer.Add(graph.Initializer[0].Clone());
                break;
            case "input":
                graph.Input.Add(graph.Input[0].Clone());
                break;
            default:
                graph.Output.Add(graph.Output[0].Clone());
                break;
        }

        ImportException refusal = Refusal.Of(writer);

        Assert.Equal(ImportErrorCode.BrokenGraph, refusal.Code);
        Assert.Contains("twice", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new long[] { 3, 3 })]
    [InlineData(new long[] { 65536, 65536 })]
    [InlineData(new long[] { 2147483647, 1 })]
    [InlineData(new long[] { -3, -2 })]
    [InlineData(new long[] { 9223372036854775807 })]
    [InlineData(new long[] { 0, 2147483647, 2147483647 })]
    public void Import_TensorWhoseShapeItsBytesDoNotFill_IsRefusedAtOnce(long[] dims)
    {
        OnnxWriter writer = SmallModels.Dense();
        TensorProto tensor = writer.Model.Graph.Initializer[0];
        tensor.Dims.Clear();
        tensor.Dims.AddRange(dims);

        ImportException refusal = Refusal.Of(writer);

        Assert.Equal(ImportErrorCode.BrokenTensor, refusal.Code);
        Assert.Contains("'W'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_ExternalData_IsRefusedWithAdvice()
    {
        OnnxWriter writer = SmallModels.Dense();
        TensorProto tensor = writer.Model.Graph.Initializer[0];
        tensor.DataLocation = TensorProto.Types.DataLocation.External;
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = "../../etc/passwd" });

        ImportException refusal = Refusal.Of(writer);

        Assert.Equal(ImportErrorCode.BrokenTensor, refusal.Code);
        Assert.Contains("one file", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData((int)DataType.String)]
    [InlineData((int)DataType.Complex64)]
    [InlineData(0)]
    [InlineData(99)]
    public void Import_TensorOfAnotherType_IsRefused(int type)
    {
        OnnxWriter writer = SmallModels.Dense();
        writer.Model.Graph.Initializer[0].DataType = type;

        Assert.Equal(ImportErrorCode.UnsupportedForm, Refusal.Of(writer).Code);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Import_WeightThatIsNotFinite_IsRefusedWithItsPlace(float number)
    {
        ImportException refusal = Refusal.Of(SmallModels.Dense([1, 2, 3, number, 5, 6]));

        Assert.Equal(ImportErrorCode.NotFinite, refusal.Code);
        Assert.Contains("element 3 of 'W'", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "W")]
    [InlineData(2, "R")]
    [InlineData(3, "B")]
    public void Import_RecurrentWeightThatIsNotFinite_IsRefusedWithItsRole(int input, string role)
    {
        OnnxWriter writer = SmallModels.Lstm();
        byte[] data = writer.Model.Graph.Initializer[input - 1].RawData.ToByteArray();
        BitConverter.GetBytes(float.NaN).CopyTo(data, 8);
        writer.Model.Graph.Initializer[input - 1].RawData = Google.Protobuf.ByteString.CopyFrom(data);

        ImportException refusal = Refusal.Of(writer);

        Assert.Equal((ImportErrorCode.NotFinite, "LSTM", role), (refusal.Code, refusal.OperatorName, refusal.Attribute));
    }

    [Fact]
    public void Import_NaNInAConstantOperand_IsRefused()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 3);
        writer.Node("Mul", ["x", writer.Floats([], [float.NaN], "k")], ["y"]);
        writer.Output("y");

        ImportException refusal = Refusal.Of(writer);

        Assert.Equal(ImportErrorCode.NotFinite, refusal.Code);
        Assert.Contains("'k'", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("W", new[] { 1, 16, 4 })]
    [InlineData("W", new[] { 2, 16, 3 })]
    [InlineData("W", new[] { 16, 3 })]
    [InlineData("R", new[] { 1, 12, 4 })]
    [InlineData("R", new[] { 1, 20, 5 })]
    [InlineData("B", new[] { 1, 16 })]
    [InlineData("P", new[] { 1, 4 })]
    [InlineData("initial_h", new[] { 1, 1, 5 })]
    public void Import_RecurrentInputOfAnotherShape_IsRefusedWithItsRole(string role, int[] shape)
    {
        OnnxWriter writer = SmallModels.Lstm();
        string[] roles = ["X", "W", "R", "B", "sequence_lens", "initial_h", "initial_c", "P"];
        NodeProto node = writer.Model.Graph.Node[0];
        while (node.Input.Count < roles.Length)
            node.Input.Add("");
        node.Input[Array.IndexOf(roles, role)] = writer.Floats(new Random(1), 1, shape);

        ImportException refusal = Refusal.Of(writer);

        Assert.Equal((ImportErrorCode.ShapeMismatch, role), (refusal.Code, refusal.Attribute));
    }
}
