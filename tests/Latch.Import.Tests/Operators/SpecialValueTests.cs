using Latch.Import.Graph;
using Latch.Import.Tests.Support;
using DataType = Latch.Import.Onnx.TensorProto.Types.DataType;

namespace Latch.Import.Tests.Operators;

/// <summary>Values at the edge of what an operator takes, compared with ONNX Runtime.</summary>
public sealed class SpecialValueTests
{
    private const int Width = 6;

    [Theory]
    [InlineData("rows from the end")]
    [InlineData("clip whose bounds cross")]
    [InlineData("cast that keeps the low bits")]
    [InlineData("masked by minus infinity, known")]
    [InlineData("masked by minus infinity, computed")]
    [InlineData("minus infinity added")]
    public void Run_SpecialValue_AgreesWithOnnxRuntime(string name)
    {
        OnnxWriter writer = new(14);
        Write(writer, name);
        byte[] bytes = writer.ToBytes();
        FloatModel model = OnnxImporter.Import(bytes, name);
        using OnnxOracle oracle = new(bytes);
        Dictionary<string, float[]> inputs = model.Inputs.ToDictionary(input => input.Name, input => name.StartsWith("rows", StringComparison.Ordinal)
            ? Enumerable.Range(0, model.Count(input.Name)).Select(static i => (float)i).ToArray()
            : Agreement.RandomInputs(model, new Random(1))[input.Name]);

        Assert.InRange(Agreement.WithOracle(model, oracle, inputs), 0, 1e-6);
        Assert.Equal(name.Contains("infinity", StringComparison.Ordinal), model.Notes.Any(note => note.Contains("minus infinity", StringComparison.Ordinal)));
    }

    private static void Write(OnnxWriter writer, string name)
    {
        if (name == "rows from the end")
        {
            writer.Input("n", DataType.Int64, 4);
            writer.Node("Gather", [writer.Floats(new Random(1), 1, 4, 2), writer.Node("Sub", ["n", writer.Scalar(4)])], ["y"]);
            writer.Output("y");
            return;
        }
        writer.Input("x", 1, Width);
        string minus = writer.Floats([], [float.NegativeInfinity]);
        switch (name)
        {
            case "clip whose bounds cross":
                writer.Node("Clip", ["x", writer.Floats([], [0.5f]), writer.Floats([], [-0.25f])], ["y"]);
                break;
            case "cast that keeps the low bits":
                string narrow = writer.Node("Cast", [writer.Integers([1], [300])], ("to", (int)DataType.Uint8));
                writer.Node("Mul", ["x", writer.Node("Cast", [narrow], ("to", (int)DataType.Float))], ["y"]);
                break;
            case "masked by minus infinity, known":
                writer.Node("Softmax", [writer.Node("Where", [writer.Integers([1, Width], [1, 0, 1, 1, 0, 1], DataType.Bool), "x", minus])], ["y"]);
                break;
            case "masked by minus infinity, computed":
                writer.Node("Softmax", [writer.Node("Where", [writer.Node("Less", ["x", writer.Floats([], [0.1f])]), "x", minus])], ["y"]);
                break;
            default:
                writer.Node("Softmax", [writer.Node("Add", ["x", writer.Floats([1, Width], [0, float.NegativeInfinity, 0, 0, 0, float.NegativeInfinity])])], ["y"]);
                break;
        }
        writer.Output("y");
    }
}
