using Latch.Import.Graph;
using Latch.Import.Onnx;
using Latch.Import.Tests.Support;
using DataType = Latch.Import.Onnx.TensorProto.Types.DataType;

namespace Latch.Import.Tests.Operators;

/// <summary>Files that are quantized already: they are the float model that they stand for, which is written beside each and run by ONNX Runtime.</summary>
public sealed class QuantizedFileTests
{
    /// <summary>The operators that are tested here.</summary>
    public static readonly string[] Operators =
    [
        "QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear", "MatMulInteger", "ConvInteger", "QLinearMatMul", "QLinearConv", "com.microsoft.DequantizeLinear",
        "com.microsoft.QuantizeLinear", "com.microsoft.DynamicQuantizeLSTM", "com.microsoft.DynamicQuantizeMatMul", "com.microsoft.MatMulIntegerToFloat",
    ];

    private readonly Random _random = new(5);

    [Fact]
    public void Import_QuantizeAndDequantizeNodes_AreTheFloatLayer()
    {
        OnnxWriter file = new(13), floats = new(13);
        file.Input("x", "time", 1, 3);
        floats.Input("x", "time", 1, 3);
        string x = Through(file, "x", 1f / 64, DataType.Int8, 3);
        string[] weights = [Weights(file, floats, 1, 16, 3), Weights(file, floats, 1, 16, 4)];
        string all = file.Node("LSTM", [x, weights[0], weights[1]], ["all"], ("hidden_size", 4))[0];
        file.Node("Identity", [Through(file, all, 1f / 128, DataType.Uint8, 0)], ["y"]); // The Relu is in the codes.
        file.Output("y");
        floats.Node("Relu", [floats.Node("LSTM", ["x", "w0", "w1"], ["all"], ("hidden_size", 4))[0]], ["y"]);
        floats.Output("y");

        FloatModel model = Check(file, floats, steps: 4);

        Assert.Contains(model.Notes, note => note.Contains("quantized already", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Import_ProductQuantizedAsItRuns_IsADenseLayer(bool perColumn)
    {
        OnnxWriter file = new(13), floats = new(13);
        file.Input("x", 1, 5);
        floats.Input("x", 1, 5);
        long[] codes = Codes(15);
        float[] scales = perColumn ? [0.01f, 0.02f, 0.03f] : [0.02f];
        string[] parts = file.Node("DynamicQuantizeLinear", ["x"], ["codes", "scale", "zero"]);
        string product = file.Node("MatMulInteger", [parts[0], file.Integers([5, 3], codes, DataType.Int8), parts[2]]);
        string factor = file.Node("Mul", [parts[1], file.Floats(perColumn ? [3] : [], scales)]);
        file.Node("Add", [file.Node("Mul", [file.Node("Cast", [product], ("to", 1)), factor]), file.Floats([3], [1, 2, 3])], ["y"]);
        file.Output("y");
        float[] matrix = [.. codes.Select((code, i) => code * scales[perColumn ? i % 3 : 0])];
        floats.Node("Add", [floats.Node("MatMul", ["x", floats.Floats([5, 3], matrix)]), floats.Floats([3], [1, 2, 3])], ["y"]);
        floats.Output("y");

        FloatModel model = Check(file, floats);

        Assert.IsType<DenseNode>(Assert.Single(model.Nodes));
    }

    [Theory]
    [InlineData("forward", false)]
    [InlineData("bidirectional", false)]
    [InlineData("bidirectional", true)]
    public void Import_LstmWithWeightsOfEightBits_IsTheFloatLayer(string direction, bool perRow)
    {
        int directions = direction == "bidirectional" ? 2 : 1;
        OnnxWriter file = new(14), floats = new(14);
        file.Input("x", 6, 1, 3);
        floats.Input("x", 6, 1, 3);
        string bias = file.Floats(new Random(2), 0.5f, directions, 32);
        (string Codes, string Scale, string Zero) w = Transposed(file, floats, "w", directions, 16, 3, perRow), r = Transposed(file, floats, "r", directions, 16, 4, perRow);
        file.Node("DynamicQuantizeLSTM", ["x", w.Codes, r.Codes, bias, "", "", "", "", w.Scale, w.Zero, r.Scale, r.Zero], ["y"], ("hidden_size", 4), ("direction", direction));
        Microsoft(file);
        file.Output("y");
        floats.Node("LSTM", ["x", "w", "r", floats.Floats(new Random(2), 0.5f, directions, 32)], ["y"], ("hidden_size", 4), ("direction", direction));
        floats.Output("y");

        FloatModel model = Check(file, floats);

        // ONNX Runtime computes with codes of x and h: near, but not the same.
        using OnnxOracle oracle = new(file.ToBytes());
        Assert.InRange(Agreement.WithOracle(model, oracle, Agreement.RandomInputs(model, new Random(1))), 0, 0.05);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Import_ConvolutionsOfCodes_AreTheFloatOnes(bool integer)
    {
        OnnxWriter file = new(13), floats = new(13);
        file.Input("x", 1, 2, 9);
        floats.Input("x", 1, 2, 9);
        long[] codes = Codes(3 * 2 * 3), bias = [100, -200, 50];
        string weights = file.Integers([3, 2, 3], codes, DataType.Int8);
        if (integer)
        {
            string[] parts = file.Node("DynamicQuantizeLinear", ["x"], ["codes", "scale", "zero"]);
            string sum = file.Node("ConvInteger", [parts[0], weights, parts[2]], ("pads", new long[] { 1, 1 }));
            file.Node("Mul", [file.Node("Cast", [sum], ("to", 1)), file.Node("Mul", [parts[1], file.Floats([], [0.02f])])], ["y"]);
        }
        else
        {
            string scale = file.Floats([], [0.02f]), zero = file.Integers([], [0], DataType.Int8);
            string x = file.Node("QuantizeLinear", ["x", scale, zero]);
            string sum = file.Node("QLinearConv", [x, scale, zero, weights, scale, zero, scale, zero, file.Integers([3], bias, DataType.Int32)], ("pads", new long[] { 1, 1 }));
            file.Node("DequantizeLinear", [sum, scale, zero], ["y"]);
        }
        file.Output("y");
        string matrix = floats.Floats([3, 2, 3], [.. codes.Select(code => code * 0.02f)]);
        string[] inputs = integer ? ["x", matrix] : ["x", matrix, floats.Floats([3], [.. bias.Select(code => code * 0.02f * 0.02f)])];
        floats.Node("Conv", inputs, ["y"], ("pads", new long[] { 1, 1 }));
        floats.Output("y");

        Assert.Single(Check(file, floats).Nodes.OfType<ConvNode>());
    }

    [Theory]
    [InlineData("com.microsoft", "DynamicQuantizeMatMul")]
    [InlineData("com.microsoft", "MatMulIntegerToFloat")]
    [InlineData("", "QLinearMatMul")]
    public void Import_ProductsWithAMatrixOfCodes_AreDenseLayers(string domain, string name)
    {
        OnnxWriter file = new(13), floats = new(13);
        file.Input("x", 1, 5);
        floats.Input("x", 1, 5);
        long[] codes = Codes(15);
        string matrix = file.Integers([5, 3], codes, DataType.Int8), scale = file.Floats([], [0.02f]), zero = file.Integers([], [0], DataType.Int8), bias = file.Floats([3], [1, 2, 3]);
        string codesOfX = name == "MatMulIntegerToFloat" ? file.Node("DynamicQuantizeLinear", ["x"], ["codes", "scale", "zero"])[0] : file.Node("QuantizeLinear", ["x", scale, zero]);
        string product = file.NewName("product");
        _ = name switch
        {
            "DynamicQuantizeMatMul" => file.Node(name, ["x", matrix, scale, zero, bias], [product]),
            "MatMulIntegerToFloat" => file.Node(name, [codesOfX, matrix, "scale", scale, "zero", zero, bias], [product]),
            _ => file.Node(name, [codesOfX, scale, zero, matrix, scale, zero, scale, zero], [product]),
        };
        file.Model.Graph.Node[^1].Domain = domain;
        file.Node("DequantizeLinear", [product, scale, zero], ["y"]);
        file.Output("y");
        string dense = floats.Node("MatMul", ["x", floats.Floats([5, 3], [.. codes.Select(code => code * 0.02f)])]);
        floats.Node("Add", [dense, floats.Floats([3], domain.Length > 0 ? [1, 2, 3] : [0, 0, 0])], ["y"]);
        floats.Output("y");

        Assert.Single(Check(file, floats).Nodes.OfType<DenseNode>());
    }

    [Fact]
    public void Import_DequantizedPerAxis_IsTheConstant()
    {
        OnnxWriter file = new(13);
        file.Input("x", 1, 4);
        string table = file.Integers([4, 3], Codes(12), DataType.Uint8);
        string matrix = file.Node("DequantizeLinear", [table, file.Floats([3], [0.1f, 0.2f, 0.3f]), file.Integers([3], [10, 20, 30], DataType.Uint8)], ("axis", 1));
        file.Node("MatMul", ["x", matrix], ["y"]);
        file.Output("y");

        Check(file, file);
    }

    private string Weights(OnnxWriter file, OnnxWriter floats, params int[] shape)
    {
        long[] codes = Codes(shape.Aggregate(1, (a, b) => a * b));
        floats.Floats(shape, [.. codes.Select(code => code * (1f / 128))], $"w{floats.Model.Graph.Initializer.Count}");
        return file.Node("DequantizeLinear", [file.Integers(shape, codes, DataType.Int8), file.Floats([], [1f / 128]), file.Integers([], [0], DataType.Int8)]);
    }

    private (string Codes, string Scale, string Zero) Transposed(OnnxWriter file, OnnxWriter floats, string name, int directions, int rows, int columns, bool perRow)
    {
        long[] codes = Codes(directions * rows * columns);
        float[] scales = [.. Enumerable.Range(0, directions * (perRow ? rows : 1)).Select(i => 0.004f + (0.0001f * i))];
        float[] data = new float[codes.Length];
        for (int i = 0; i < data.Length; i++)
        {
            int direction = i / (rows * columns), row = i / columns % rows, column = i % columns;
            data[i] = codes[(((direction * columns) + column) * rows) + row] * scales[perRow ? (direction * rows) + row : direction];
        }
        floats.Floats([directions, rows, columns], data, name);
        int[] shape = perRow ? [directions, rows] : [directions];
        return (file.Integers([directions, columns, rows], codes, DataType.Int8), file.Floats(shape, scales), file.Integers(shape, new long[scales.Length], DataType.Int8));
    }

    private static string Through(OnnxWriter file, string value, float scale, DataType type, long zero)
    {
        string number = file.Floats([], [scale]), point = file.Integers([], [zero], type);
        return file.Node("DequantizeLinear", [file.Node("QuantizeLinear", [value, number, point]), number, point]);
    }

    private static void Microsoft(OnnxWriter writer)
    {
        writer.Model.Graph.Node[^1].Domain = "com.microsoft";
        writer.Model.OpsetImport.Add(new OperatorSetIdProto { Domain = "com.microsoft", Version = 1 });
    }

    private long[] Codes(int count) => [.. Enumerable.Range(0, count).Select(_ => (long)_random.Next(0, 127))];

    private static FloatModel Check(OnnxWriter file, OnnxWriter floats, int? steps = null)
    {
        FloatModel model = OnnxImporter.Import(file.ToBytes(), "quantized.onnx", new ImportOptions { Steps = steps });
        using OnnxOracle oracle = new(floats.ToBytes());
        Assert.InRange(Agreement.WithOracle(model, oracle, Agreement.RandomInputs(model, new Random(1)), scaleAbove: 1), 0, 2e-6);
        return model;
    }
}
