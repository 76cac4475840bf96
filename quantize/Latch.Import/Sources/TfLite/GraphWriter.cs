using System.Runtime.InteropServices;
using Latch.Import.Onnx;
using DataType = Latch.Import.Onnx.TensorProto.Types.DataType;
using Dimension = Latch.Import.Onnx.TensorShapeProto.Types.Dimension;

namespace Latch.Import.Sources.TfLite;

/// <summary>Writes an ONNX graph in memory, in which every name is given once.</summary>
internal sealed class GraphWriter
{
    private readonly HashSet<string> _names = [];

    public GraphWriter(string name, string producer) => Model = OnnxParts.Model(name, producer);

    public ModelProto Model { get; }

    /// <summary>A name that nothing has yet: the wanted one, or one made from it.</summary>
    public string Name(string wanted) => OnnxParts.Unique(_names, wanted);

    public void Input(string name, DataType type, IEnumerable<int> lengths)
    {
        TypeProto.Types.Tensor tensor = new() { ElemType = (int)type, Shape = new TensorShapeProto() };
        tensor.Shape.Dim.AddRange(lengths.Select(length => length < 0 ? new Dimension() : new Dimension { DimValue = length }));
        Model.Graph.Input.Add(new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } });
    }

    public void Output(string name, DataType type) => Model.Graph.Output.Add(OnnxParts.Output(name, type));

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
            node.Attribute.Add(OnnxParts.Attribute(attribute, value));
        Model.Graph.Node.Add(node);
    }

    private void Constant(string name, ReadOnlySpan<int> shape, DataType type, ReadOnlySpan<byte> data) => Model.Graph.Initializer.Add(OnnxParts.Tensor(name, type, shape, data));
}
