using System.Runtime.InteropServices;
using System.Text;

namespace Latch.Cli.Tests;

/// <summary>
/// Writes a small forecaster as an ONNX file, byte by byte from the published protobuf numbers: samples [steps, 1, C] through an LSTM of
/// H units and a dense layer to forecasts [steps, 1, C]. Weights are seeded random numbers.
/// </summary>
internal sealed class TinyOnnx
{
    public const int Channels = 3;

    private const int Units = 6;

    /// <summary>Operator of the last node; another one than Add makes a model that cannot be imported.</summary>
    public string LastOperator { get; init; } = "Add";

    /// <summary>Put in place of one recurrent weight.</summary>
    public float? OddWeight { get; init; }

    public int Seed { get; init; } = 1;

    /// <summary>Whether the layer's states are inputs "first" and "second" and outputs "third" and "fourth".</summary>
    public bool HasStates { get; init; }

    public string Write(string path)
    {
        File.WriteAllBytes(path, Model());
        return path;
    }

    private byte[] Model()
    {
        Random random = new(Seed);
        byte[] graph =
        [
            .. Node("lstm", "LSTM", ["samples", "W", "R", "B", .. HasStates ? ["", "first", "second"] : Array.Empty<string>()], ["Y", .. HasStates ? ["third", "fourth"] : Array.Empty<string>()], Attribute("hidden_size", Units)),
            .. Node("squeeze", "Squeeze", ["Y", "axis"], ["H"]),
            .. Node("project", "MatMul", ["H", "D"], ["P"]),
            .. Node("shift", LastOperator, ["P", "b"], ["forecasts"]),
            .. Text(2, "tiny"),
            .. Floats("W", [1, 4 * Units, Channels], random, null),
            .. Floats("R", [1, 4 * Units, Units], random, OddWeight),
            .. Floats("B", [1, 8 * Units], random, null),
            .. Floats("D", [Units, Channels], random, null),
            .. Floats("b", [Channels], random, null),
            .. Field(5, [.. Number(1, 1), .. Number(2, 7), .. Text(8, "axis"), .. Field(9, BitConverter.GetBytes(1L))]),
            .. Field(11, Port("samples")),
            .. Field(12, Port("forecasts")),
            .. HasStates ? [.. Field(11, StatePort("first")), .. Field(11, StatePort("second")), .. Field(12, StatePort("third")), .. Field(12, StatePort("fourth"))] : Array.Empty<byte>(),
        ];
        return [.. Number(1, 8), .. Text(2, "tiny-onnx"), .. Field(7, graph), .. Field(8, [.. Text(1, ""), .. Number(2, 14)])];
    }

    private static byte[] Node(string name, string type, string[] inputs, string[] outputs, byte[]? attribute = null) =>
        Field(1, [.. inputs.SelectMany(input => Text(1, input)), .. outputs.SelectMany(output => Text(2, output)), .. Text(3, name), .. Text(4, type), .. attribute ?? []]);

    private static byte[] Attribute(string name, int value) => Field(5, [.. Text(1, name), .. Number(3, value), .. Number(20, 2)]);

    private static byte[] Floats(string name, long[] shape, Random random, float? odd)
    {
        float[] values = [.. Enumerable.Range(0, (int)shape.Aggregate((a, b) => a * b)).Select(_ => random.NextSingle() - 0.5f)];
        values[0] = odd ?? values[0];
        return Field(5, [.. shape.SelectMany(length => Number(1, length)), .. Number(2, 1), .. Text(8, name), .. Field(9, MemoryMarshal.AsBytes<float>(values).ToArray())]);
    }

    private static byte[] Port(string name)
    {
        byte[] shape = [.. Field(1, Text(2, "steps")), .. Field(1, Number(1, 1)), .. Field(1, Number(1, Channels))];
        return [.. Text(1, name), .. Field(2, Field(1, [.. Number(1, 1), .. Field(2, shape)]))];
    }

    private static byte[] StatePort(string name)
    {
        byte[] shape = [.. Field(1, Number(1, 1)), .. Field(1, Number(1, 1)), .. Field(1, Number(1, Units))];
        return [.. Text(1, name), .. Field(2, Field(1, [.. Number(1, 1), .. Field(2, shape)]))];
    }

    private static byte[] Text(int field, string text) => Field(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Field(int field, byte[] content) => [.. Varint((uint)((field << 3) | 2)), .. Varint((uint)content.Length), .. content];

    private static byte[] Number(int field, long value) => [.. Varint((uint)(field << 3)), .. Varint((ulong)value)];

    private static List<byte> Varint(ulong value)
    {
        List<byte> bytes = [];
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return bytes;
    }
}
