using System.Runtime.InteropServices;
using Google.Protobuf;
using Latch.Import.Onnx;
using AttributeType = Latch.Import.Onnx.AttributeProto.Types.AttributeType;
using DataType = Latch.Import.Onnx.TensorProto.Types.DataType;
using Dimension = Latch.Import.Onnx.TensorShapeProto.Types.Dimension;

namespace Latch.Import.Sources.TfLite;

/// <summary>Writes an ONNX graph in memory, in which every name is given once.</summary>
internal sealed class GraphWriter
{
    // The set that has Gelu; the newest that the importer takes.
    private const int Opset = 20;
    private const int IrVersion = 9;

    private readonly HashSet<string> _names = [];

    public GraphWriter(string name, string producer)
    {
        Model = new ModelProto { IrVersion = IrVersion, ProducerName = producer, Graph = new GraphProto { Name = name } };
        Model.OpsetImport.Add(new OperatorSetIdProto { Version = Opset });
    }

    public ModelProto Model { get; }

    /// <summary>A name that nothing has yet: the wanted one, or one made from it.</summary>
    public string Name(string wanted)
    {
        string name = wanted;
        for (int number = 2; !_names.Add(name); number++)
            name = $"{wanted}_{number}";
        return name;
    }

    public void Input(string name, DataType type, IEnumerable<int> lengths)
    {
        TypeProto.Types.Tensor tensor = new() { ElemType = (int)type, Shape = new TensorShapeProto() };
        tensor.Shape.Dim.AddRange(lengths.Select(length => length < 0 ? new Dimension() : new Dimension { DimValue = length }));
        Model.Graph.Input.Add(new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } });
    }

    public void Output(string name, DataType type) =>
        Model.Graph.Output.Add(new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type } } });

    public void Constant(string name, ReadOnlySpan<int> shape, ReadOnlySpan<float> data) => Constant(name, shape, DataType.Float, MemoryMarshal.AsBytes(data));

    public void Constant(string name, ReadOnlySpan<int> shape, ReadOnlySpan<long> data) => Constant(name, shape, DataType.Int64, MemoryMarshal.AsBytes(data));

    public void Constant(string name, ReadOnlySpan<int> shape, ReadOnlySpan<bool> data) => Constant(name, shape, DataType.Bool, MemoryMarshal.AsBytes(data));

    /// <summary>Adds a node.</summary>
    /// <param name="operatorName">The ONNX operator.</param>
    /// <param name="name">What messages call the node.</param>
    /// <param name="inputs">Names of values; empty for one left out.</param>
    /// <param name="outputs">Names of values; empty for one that nobody wants.</param>
    /// <param name="attributes">Numbers, texts, lists of numbers.</param>
    public void Node(string operatorName, string name, IEnumerable<string> inputs, IEnumerable<string> outputs, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        NodeProto node = new() { OpType = operatorName, Name = name };
        node.Input.AddRange(inputs);
        node.Output.AddRange(outputs);
        foreach ((string attribute, object value) in attributes)
            node.Attribute.Add(Attribute(attribute, value));
        Model.Graph.Node.Add(node);
    }

    private void Constant(string name, ReadOnlySpan<int> shape, DataType type, ReadOnlySpan<byte> data)
    {
        TensorProto tensor = new() { Name = name, DataType = (int)type, RawData = ByteString.CopyFrom(data) };
        foreach (int length in shape)
            tensor.Dims.Add(length);
        Model.Graph.Initializer.Add(tensor);
    }

    private static AttributeProto Attribute(string name, object value)
    {
        AttributeProto attribute = new() { Name = name };
        switch (value)
        {
            case int number:
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
