using System.Runtime.InteropServices;
using System.Text;
using Google.Protobuf;
using Latch.Import.Onnx;
using Latch.Import.Sources;
using AttributeType = Latch.Import.Onnx.AttributeProto.Types.AttributeType;
using DataType = Latch.Import.Onnx.TensorProto.Types.DataType;
using Dimension = Latch.Import.Onnx.TensorShapeProto.Types.Dimension;

namespace Latch.Import.Tests.Support;

/// <summary>Builds an ONNX model of any operator set. Names are made up where none is given.</summary>
internal sealed class OnnxWriter
{
    private readonly string _prefix;
    private int _names;

    /// <param name="opset">The operator set.</param>
    /// <param name="prefix">What made-up names begin with; graphs inside of a node need one of their own.</param>
    public OnnxWriter(int opset, string prefix = "")
    {
        _prefix = prefix;
        Opset = opset;
        Model = new ModelProto { IrVersion = 7, ProducerName = "latch-tests", Graph = new GraphProto { Name = "graph" } };
        Model.OpsetImport.Add(new OperatorSetIdProto { Version = opset });
    }

    public int Opset { get; }

    public ModelProto Model { get; }

    /// <summary>Adds an input; a dimension is an int, a name, or null for one without a name.</summary>
    public string Input(string name, params object?[] dimensions) => Input(name, DataType.Float, dimensions);

    /// <summary>Adds an input of whole numbers or truth values.</summary>
    public string Input(string name, DataType type, params object?[] dimensions)
    {
        Model.Graph.Input.Add(Value(name, type, dimensions));
        return name;
    }

    /// <summary>The graph, to put into a node of another writer.</summary>
    public GraphProto Graph => Model.Graph;

    /// <summary>Adds an output whose shape the file leaves open.</summary>
    public void Output(string name, DataType type = DataType.Float) => Model.Graph.Output.Add(Value(name, type, null));

    public string Floats(int[] shape, float[] data, string? name = null)
    {
        TensorProto tensor = new() { Name = name ?? NewName("w"), DataType = (int)DataType.Float };
        tensor.Dims.AddRange(shape.Select(length => (long)length));
        tensor.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(data.AsSpan()));
        Model.Graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    /// <summary>Seeded weights, uniform within the magnitude.</summary>
    public string Floats(Random random, float magnitude, params int[] shape)
    {
        float[] data = new float[shape.Aggregate(1, (a, b) => a * b)];
        for (int i = 0; i < data.Length; i++)
            data[i] = magnitude * ((2 * random.NextSingle()) - 1);
        return Floats(shape, data);
    }

    public string Integers(params long[] data) => Integers([data.Length], data);

    public string Scalar(long number) => Integers([], [number]);

    public string Integers(int[] shape, long[] data, DataType type = DataType.Int64)
    {
        TensorProto tensor = new() { Name = NewName("n"), DataType = (int)type };
        tensor.Dims.AddRange(shape.Select(length => (long)length));
        if (type == DataType.Int64)
            tensor.Int64Data.AddRange(data);
        else
            tensor.Int32Data.AddRange(data.Select(number => (int)number));
        Model.Graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    /// <summary>Adds a node with one output and returns that output's name.</summary>
    public string Node(string operatorName, string[] inputs, params (string Name, object Value)[] attributes) =>
        Node(operatorName, inputs, [NewName(operatorName)], attributes)[0];

    public string[] Node(string operatorName, string[] inputs, string[] outputs, params (string Name, object Value)[] attributes)
    {
        NodeProto node = new() { OpType = operatorName, Name = NewName("node") };
        node.Input.AddRange(inputs);
        node.Output.AddRange(outputs);
        node.Attribute.AddRange(attributes.Select(a => Attribute(a.Name, a.Value)));
        Model.Graph.Node.Add(node);
        return outputs;
    }

    public string NewName(string prefix) => $"{_prefix}{prefix}_{_names++}";

    public byte[] ToBytes() => Model.ToByteArray();

    private static AttributeProto Attribute(string name, object value) => value switch
    {
        GraphProto graph => new AttributeProto { Name = name, G = graph, Type = AttributeType.Graph },
        TensorProto tensor => new AttributeProto { Name = name, T = tensor, Type = AttributeType.Tensor },
        _ => OnnxParts.Attribute(name, value),
    };

    private static ValueInfoProto Value(string name, DataType type, object?[]? dimensions)
    {
        TypeProto.Types.Tensor tensor = new() { ElemType = (int)type };
        if (dimensions is not null)
        {
            tensor.Shape = new TensorShapeProto();
            tensor.Shape.Dim.AddRange(dimensions.Select(d => d switch
            {
                int length => new Dimension { DimValue = length },
                string symbol => new Dimension { DimParam = symbol },
                _ => new Dimension(),
            }));
        }
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } };
    }
}
