using Google.Protobuf;
using Latch.Import.Graph;
using Latch.Import.Onnx;
using Latch.Import.Tests.Support;
using DataType = Latch.Import.Onnx.TensorProto.Types.DataType;

namespace Latch.Benchmarks.Models;

/// <summary>A layer as ONNX files: what Latch imports, and what ONNX Runtime steps and runs.</summary>
internal static class OnnxModels
{
    private const int Opset = 14;
    private const string QuantizedDomain = "com.microsoft";

    /// <summary>x [steps, 1, inputs] to y [steps, 1, 1, hidden], the state beginning at zero.</summary>
    public static byte[] Sequence(RandomLayer layer, object steps)
    {
        OnnxWriter writer = new(Opset);
        string[] inputs = [writer.Input("x", steps, 1, layer.Size.Inputs), .. FloatWeights(writer, layer)];
        Recurrent(writer, layer, inputs, ["y"]);
        writer.Output("y");
        return writer.ToBytes();
    }

    /// <summary>One step: x [1, 1, inputs] and the states in, the states out; the hidden state is the result.</summary>
    public static byte[] Step(RandomLayer layer)
    {
        OnnxWriter writer = new(Opset);
        string[] inputs = [writer.Input("x", 1, 1, layer.Size.Inputs), .. FloatWeights(writer, layer), "", .. States(writer, layer)];
        Recurrent(writer, layer, inputs, ["", .. StateOutputs(writer, layer)]);
        return writer.ToBytes();
    }

    /// <summary>As <see cref="Sequence"/> with ONNX Runtime's int8 LSTM.</summary>
    public static byte[] QuantizedSequence(RandomLayer layer, int steps, bool perChannel)
    {
        OnnxWriter writer = QuantizedWriter();
        string x = writer.Input("x", steps, 1, layer.Size.Inputs);
        Quantized(writer, layer, x, [], ["y"], perChannel);
        writer.Output("y");
        return writer.ToBytes();
    }

    /// <summary>As <see cref="Step"/> with ONNX Runtime's int8 LSTM.</summary>
    public static byte[] QuantizedStep(RandomLayer layer, bool perChannel)
    {
        OnnxWriter writer = QuantizedWriter();
        string x = writer.Input("x", 1, 1, layer.Size.Inputs);
        Quantized(writer, layer, x, States(writer, layer), ["", .. StateOutputs(writer, layer)], perChannel);
        return writer.ToBytes();
    }

    private static OnnxWriter QuantizedWriter()
    {
        OnnxWriter writer = new(Opset);
        writer.Model.OpsetImport.Add(new OperatorSetIdProto { Domain = QuantizedDomain, Version = 1 });
        return writer;
    }

    private static void Recurrent(OnnxWriter writer, RandomLayer layer, string[] inputs, string[] outputs)
    {
        if (layer.Cell == CellKind.Lstm)
            writer.Node("LSTM", inputs, outputs, ("hidden_size", layer.Size.Hidden));
        else
            writer.Node("GRU", inputs, outputs, ("hidden_size", layer.Size.Hidden), ("linear_before_reset", 1));
    }

    private static void Quantized(OnnxWriter writer, RandomLayer layer, string x, string[] states, string[] outputs, bool perChannel)
    {
        (string w, string[] wScale) = QuantizedWeights(writer, layer.InputWeights, layer.Rows, perChannel);
        (string r, string[] rScale) = QuantizedWeights(writer, layer.RecurrentWeights, layer.Rows, perChannel);
        string bias = writer.Floats([1, layer.Bias.Length], layer.Bias);
        if (states.Length == 0)
            states = ["", ""];
        writer.Node("DynamicQuantizeLSTM", [x, w, r, bias, "", .. states, "", .. wScale, .. rScale], outputs, ("hidden_size", layer.Size.Hidden));
        writer.Model.Graph.Node[^1].Domain = QuantizedDomain;
    }

    private static string[] FloatWeights(OnnxWriter writer, RandomLayer layer) =>
    [
        writer.Floats([1, layer.Rows, layer.Size.Inputs], layer.InputWeights),
        writer.Floats([1, layer.Rows, layer.Size.Hidden], layer.RecurrentWeights),
        writer.Floats([1, layer.Bias.Length], layer.Bias),
    ];

    private static string[] States(OnnxWriter writer, RandomLayer layer) =>
        [.. StateNames(layer).Select(name => writer.Input($"{name}_in", 1, 1, layer.Size.Hidden))];

    private static string[] StateOutputs(OnnxWriter writer, RandomLayer layer)
    {
        string[] names = [.. StateNames(layer).Select(static name => $"{name}_out")];
        foreach (string name in names)
            writer.Output(name);
        return names;
    }

    private static string[] StateNames(RandomLayer layer) => layer.Cell == CellKind.Lstm ? ["h", "c"] : ["h"];

    // Row-major [rows, columns] to int8 [1, columns, rows] with the scale and the zero point of each row, or of all.
    private static (string Weights, string[] ScaleAndZero) QuantizedWeights(OnnxWriter writer, float[] weights, int rows, bool perChannel)
    {
        int columns = weights.Length / rows;
        float[] scales = perChannel
            ? [.. Enumerable.Range(0, rows).Select(row => LargestMagnitude(weights.AsSpan(row * columns, columns)) / 127)]
            : [LargestMagnitude(weights) / 127];
        byte[] codes = new byte[weights.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
                codes[(column * rows) + row] = (byte)(sbyte)MathF.Round(weights[(row * columns) + column] / scales[perChannel ? row : 0]);
        }
        int[] shape = perChannel ? [1, rows] : [1];
        string zero = Int8(writer, shape, new byte[scales.Length]);
        return (Int8(writer, [1, columns, rows], codes), [writer.Floats(shape, scales), zero]);
    }

    private static float LargestMagnitude(ReadOnlySpan<float> values)
    {
        float largest = 0;
        foreach (float value in values)
            largest = Math.Max(largest, Math.Abs(value));
        return largest;
    }

    private static string Int8(OnnxWriter writer, int[] shape, byte[] codes)
    {
        TensorProto tensor = new() { Name = writer.NewName("q"), DataType = (int)DataType.Int8, RawData = ByteString.CopyFrom(codes) };
        tensor.Dims.AddRange(shape.Select(static length => (long)length));
        writer.Model.Graph.Initializer.Add(tensor);
        return tensor.Name;
    }
}
