using Google.Protobuf;
using Latch.Import.Onnx;
using AttributeType = Latch.Import.Onnx.AttributeProto.Types.AttributeType;
using DataType = Latch.Import.Onnx.TensorProto.Types.DataType;

namespace Latch.Import.Sources;

/// <summary>Parts of an ONNX graph that sources write.</summary>
internal static class OnnxParts
{
    /// <summary>The operator set of translated graphs: the first with Gelu.</summary>
    public const int Opset = 20;

    /// <summary>A model with an empty graph.</summary>
    public static ModelProto Model(string name, string producer)
    {
        ModelProto model = new() { IrVersion = 9, ProducerName = producer, Graph = new GraphProto { Name = name } };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = Opset });
        return model;
    }

    /// <summary>An output whose shape follows from the graph.</summary>
    public static ValueInfoProto Output(string name, DataType type) => new() { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type } } };

    /// <summary>A name that nothing has yet: the wanted one, or one with a number behind it.</summary>
    public static string Unique(HashSet<string> names, string wanted)
    {
        string unique = wanted;
        for (int number = 2; !names.Add(unique); number++)
            unique = $"{wanted}_{number}";
        return unique;
    }

    /// <summary>A constant from its little-endian bytes.</summary>
    public static TensorProto Tensor(string name, DataType type, ReadOnlySpan<int> shape, ReadOnlySpan<byte> data)
    {
        TensorProto tensor = new() { Name = name, DataType = (int)type, RawData = ByteString.CopyFrom(data) };
        foreach (int length in shape)
            tensor.Dims.Add(length);
        return tensor;
    }

    /// <summary>An attribute: a whole number, a float, a text, or an array of one of these.</summary>
    public static AttributeProto Attribute(string name, object value)
    {
        AttributeProto attribute = new() { Name = name };
        switch (value)
        {
            case int number:
                (attribute.I, attribute.Type) = (number, AttributeType.Int);
                break;
            case long number:
                (attribute.I, attribute.Type) = (number, AttributeType.Int);
                break;
            case float number:
                (attribute.F, attribute.Type) = (number, AttributeType.Float);
                break;
            case string text:
                (attribute.S, attribute.Type) = (ByteString.CopyFromUtf8(text), AttributeType.String);
                break;
            case int[] numbers:
                attribute.Ints.AddRange(numbers.Select(number => (long)number));
                attribute.Type = AttributeType.Ints;
                break;
            case long[] numbers:
                attribute.Ints.AddRange(numbers);
                attribute.Type = AttributeType.Ints;
                break;
            case float[] numbers:
                attribute.Floats.AddRange(numbers);
                attribute.Type = AttributeType.Floats;
                break;
            case string[] texts:
                attribute.Strings.AddRange(texts.Select(ByteString.CopyFromUtf8));
                attribute.Type = AttributeType.Strings;
                break;
            default:
                throw new ArgumentException($"no attribute of type {value.GetType().Name}", nameof(value));
        }
        return attribute;
    }
}
