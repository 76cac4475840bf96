using System.Runtime.InteropServices;
using Latch.Import.Graph;
using Latch.Import.Onnx;
using DataType = Latch.Import.Onnx.TensorProto.Types.DataType;
using Dimension = Latch.Import.Onnx.TensorShapeProto.Types.Dimension;

namespace Latch.Import.Sources.Safetensors;

/// <summary>Writes the ONNX graph. Every node has one output that is handed on, which is called as the node.</summary>
internal sealed class GraphWriter
{
    private readonly ModelProto _model;
    private readonly string _source;
    private readonly HashSet<string> _names;
    private readonly HashSet<string> _layers = [];
    private long _weightBytes;

    /// <param name="name">The graph's name.</param>
    /// <param name="producer">What the file says it was written by.</param>
    /// <param name="source">What messages call the file.</param>
    /// <param name="reserved">Names of the input and the output.</param>
    public GraphWriter(string name, string producer, string source, string[] reserved)
    {
        _source = source;
        _model = OnnxParts.Model(name, producer);
        _names = [.. reserved];
        if (reserved[0] == reserved[1])
            throw new ImportException(ImportErrorCode.BrokenDescription, source, $"input and output are both called '{reserved[0]}'", attribute: "output");
    }

    /// <summary>Declares the input; a length of 0 is the open number of steps.</summary>
    public void Input(string name, bool isWhole, int[] shape) => _model.Graph.Input.Add(Port(name, isWhole, shape));

    /// <summary>A name for a layer that no other has.</summary>
    public string UniqueLayer(string name) => OnnxParts.Unique(_layers, name);

    /// <summary>Adds a constant of floats.</summary>
    /// <exception cref="ImportException">All constants together are larger than 1 GiB.</exception>
    public string Floats(string name, int[] shape, float[] data)
    {
        _weightBytes += sizeof(float) * (long)data.Length;
        if (_weightBytes > SafetensorsFile.MostBytes)
            throw new ImportException(ImportErrorCode.BrokenDescription, _source, $"the layers together have more than {SafetensorsFile.MostBytes} bytes of weights");
        return Constant(name, DataType.Float, shape, MemoryMarshal.AsBytes<float>(data));
    }

    /// <summary>Adds a constant of whole numbers; without a shape it is a single one.</summary>
    public string Integers(string name, params ReadOnlySpan<long> data) => Constant(name, DataType.Int64, [data.Length], MemoryMarshal.AsBytes(data));

    public string Integer(string name, long number) => Constant(name, DataType.Int64, [], MemoryMarshal.AsBytes([number]));

    /// <summary>Adds a node.</summary>
    /// <param name="operatorName">The ONNX operator.</param>
    /// <param name="name">What it is called, made unique.</param>
    /// <param name="inputs">Values it reads.</param>
    /// <param name="attributes">Its attributes: long, float, text, or arrays of these.</param>
    /// <param name="output">Which of its outputs is handed on; those before are left out.</param>
    /// <returns>The name of the value.</returns>
    public string Node(string operatorName, string name, string[] inputs, (string Name, object Value)[]? attributes = null, int output = 0)
    {
        NodeProto node = new() { OpType = operatorName, Name = OnnxParts.Unique(_names, name) };
        node.Input.AddRange(inputs);
        node.Output.AddRange([.. Enumerable.Repeat("", output), node.Name]);
        node.Attribute.AddRange((attributes ?? []).Select(attribute => OnnxParts.Attribute(attribute.Name, attribute.Value)));
        _model.Graph.Node.Add(node);
        return node.Name;
    }

    /// <summary>The model, whose output is what the last node hands on.</summary>
    public ModelProto Finish(string output)
    {
        NodeProto last = _model.Graph.Node[^1];
        last.Output[^1] = output;
        _model.Graph.Output.Add(OnnxParts.Output(output, DataType.Float));
        return _model;
    }

    private string Constant(string name, DataType type, int[] shape, ReadOnlySpan<byte> data)
    {
        TensorProto tensor = OnnxParts.Tensor(OnnxParts.Unique(_names, name), type, shape, data);
        _model.Graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    private static ValueInfoProto Port(string name, bool isWhole, int[] shape)
    {
        TypeProto.Types.Tensor tensor = new() { ElemType = (int)(isWhole ? DataType.Int64 : DataType.Float), Shape = new TensorShapeProto() };
        tensor.Shape.Dim.AddRange(shape.Select(length => length == 0 ? new Dimension { DimParam = "steps" } : new Dimension { DimValue = length }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } };
    }
}
