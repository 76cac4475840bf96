using Google.Protobuf;
using Latch.Import.Graph;
using Latch.Import.Onnx;
using Latch.Import.Tests.Support;
using DataType = Latch.Import.Onnx.TensorProto.Types.DataType;

namespace Latch.Import.Tests;

/// <summary>Files in half or double precision are taken as models in single precision.</summary>
public sealed class HalfPrecisionTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Import_HalfPrecision_IsNearOnnxRuntime(bool casts)
    {
        // The exporters' tools cast at the ends, or make the ends half precision too.
        OnnxWriter writer = new(13);
        string x = writer.Input("x", casts ? DataType.Float : DataType.Float16, 1, 6);
        if (casts)
            x = writer.Node("Cast", [x], ("to", 10));
        Random random = new(1);
        string hidden = writer.Node("Tanh", [writer.Node("Gemm", [x, Half(writer, random, 6, 5), Half(writer, random, 5)])]);
        string result = writer.Node("MatMul", [hidden, Half(writer, random, 5, 3)], [casts ? "half" : "y"])[0];
        if (casts)
            writer.Node("Cast", [result], ["y"], ("to", 1));
        writer.Output("y", casts ? DataType.Float : DataType.Float16);

        // Weights are the same numbers; each value that ONNX Runtime keeps has 11 bits.
        Check(writer, 5e-3);
    }

    [Fact]
    public void Import_DoublePrecision_IsNearOnnxRuntime()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", DataType.Double, 1, 6);
        TensorProto matrix = new() { Name = "w", DataType = (int)DataType.Double, Dims = { 6, 3 } };
        matrix.DoubleData.AddRange(Enumerable.Range(0, 18).Select(i => Math.Sin(i)));
        writer.Model.Graph.Initializer.Add(matrix);
        writer.Node("MatMul", ["x", "w"], ["y"]);
        writer.Output("y", DataType.Double);

        Check(writer, 1e-6);
    }

    [Fact]
    public void Import_BytesThatAreCastToFloats_AreAnInput()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", DataType.Uint8, 1, 4);
        writer.Node("Mul", [writer.Node("Cast", ["x"], ("to", 1)), writer.Floats([], [0.5f])], ["y"]);
        writer.Output("y");
        FloatModel model = OnnxImporter.Import(writer.ToBytes(), "bytes.onnx");

        using OnnxOracle oracle = new(writer.ToBytes());
        Assert.Equal(0, Agreement.WithOracle(model, oracle, new Dictionary<string, float[]> { ["x"] = [0, 3, 128, 255] }));
    }

    private static string Half(OnnxWriter writer, Random random, params int[] shape)
    {
        TensorProto tensor = new() { Name = writer.NewName("half"), DataType = (int)DataType.Float16 };
        tensor.Dims.AddRange(shape.Select(length => (long)length));
        byte[] bytes = [.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).SelectMany(_ => BitConverter.GetBytes((Half)(random.NextSingle() - 0.5f)))];
        tensor.RawData = ByteString.CopyFrom(bytes);
        writer.Model.Graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    private static void Check(OnnxWriter writer, double budget)
    {
        FloatModel model = OnnxImporter.Import(writer.ToBytes(), "precision.onnx");
        using OnnxOracle oracle = new(writer.ToBytes());
        Assert.InRange(Agreement.WithOracle(model, oracle, Agreement.RandomInputs(model, new Random(2))), 0, budget);
    }
}
