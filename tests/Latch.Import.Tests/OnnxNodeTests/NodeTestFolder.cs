using Google.Protobuf;
using Latch.Import.Folding;
using Latch.Import.Onnx;
using Dimension = Latch.Import.Onnx.TensorShapeProto.Types.Dimension;

namespace Latch.Import.Tests.OnnxNodeTests;

/// <summary>
/// One of ONNX's own node tests, as Debian's package libonnx-testdata installs them: a model whose weights are inputs, and
/// tensors for inputs and outputs. They hold several samples in a batch; each is cut out and run as a model of its own.
/// </summary>
internal sealed class NodeTestFolder
{
    private const string Root = "/usr/share/libonnx-testdata/data/node";

    private readonly ModelProto _model;
    private readonly TensorProto[] _inputs;
    private readonly TensorProto[] _outputs;
    private readonly bool _batchFirst;

    public NodeTestFolder(string name)
    {
        string path = Path.Combine(Root, name);
        SharedData.RequirePath(path, "the Debian package libonnx-testdata (apt-get install libonnx-testdata)");
        _model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(path, "model.onnx")));
        _inputs = ReadAll(path, "input", _model.Graph.Input.Count);
        _outputs = ReadAll(path, "output", _model.Graph.Output.Count);
        _batchFirst = _model.Graph.Node[0].Attribute.Any(attribute => attribute is { Name: "layout", I: 1 });
    }

    public int Samples => (int)_inputs[0].Dims[_batchFirst ? 0 : 1];

    /// <summary>The model for one sample: X is its input, everything else is constant.</summary>
    public byte[] Model(int sample)
    {
        ModelProto model = _model.Clone();
        ValueInfoProto x = model.Graph.Input[0];
        model.Graph.Input.Clear();
        model.Graph.Input.Add(x);
        x.Type.TensorType.Shape.Dim[_batchFirst ? 0 : 1] = new Dimension { DimValue = 1 };
        for (int i = 1; i < _inputs.Length; i++)
        {
            string role = _model.Graph.Input[i].Name;
            TensorProto tensor = role switch
            {
                "initial_h" or "initial_c" => Cut(_inputs[i], role, _batchFirst ? 0 : 1, sample),
                "sequence_lens" => Cut(_inputs[i], role, 0, sample),
                _ => _inputs[i].Clone(),
            };
            tensor.Name = role;
            model.Graph.Initializer.Add(tensor);
        }
        return model.ToByteArray();
    }

    public Dictionary<string, float[]> Inputs(int sample) => new()
    {
        [_model.Graph.Input[0].Name] = Floats(Cut(_inputs[0], "x", _batchFirst ? 0 : 1, sample)),
    };

    /// <summary>The expected outputs; the batch is the third axis of Y and the second of the states, or the first of all.</summary>
    public Dictionary<string, float[]> Outputs(int sample)
    {
        Dictionary<string, float[]> outputs = [];
        for (int i = 0; i < _outputs.Length; i++)
        {
            int axis = _batchFirst ? 0 : _outputs[i].Dims.Count == 4 ? 2 : 1;
            outputs[_model.Graph.Output[i].Name] = Floats(Cut(_outputs[i], "y", axis, sample));
        }
        return outputs;
    }

    private static TensorProto[] ReadAll(string path, string kind, int count) =>
        [.. Enumerable.Range(0, count).Select(i =>
            TensorProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(path, "test_data_set_0", $"{kind}_{i}.pb"))))];

    private static float[] Floats(TensorProto tensor) => TensorReader.Read(tensor, "test", "test").Float!.Data;

    /// <summary>One position along an axis, kept as an axis of length 1.</summary>
    private static TensorProto Cut(TensorProto tensor, string name, int axis, int position)
    {
        GraphValue value = TensorReader.Read(tensor, name, "test");
        int inner = value.Shape[(axis + 1)..].Aggregate(1, (a, b) => a * b);
        int length = value.Shape[axis];
        TensorProto cut = new() { DataType = tensor.DataType };
        cut.Dims.AddRange(value.Shape.Select((n, k) => k == axis ? 1L : n));
        if (value.Float is { } floats)
            cut.FloatData.AddRange(floats.Data.Where((_, i) => i / inner % length == position));
        else
            cut.Int32Data.AddRange(value.Integer!.Data.Where((_, i) => i / inner % length == position).Select(n => (int)n));
        return cut;
    }
}
