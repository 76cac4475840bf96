using Google.Protobuf;
using Latch.Import.Folding;
using Latch.Import.Onnx;
using DataType = Latch.Import.Onnx.TensorProto.Types.DataType;

namespace Latch.Import.Tests.OnnxNodeTests;

/// <summary>
/// One of ONNX's own node tests of a single operator, as Debian's package libonnx-testdata installs them: the first input stays one; weights, indices and
/// other operands become constants; the first output is looked at.
/// </summary>
internal sealed class OperatorTestFolder
{
    private const string Root = "/usr/share/libonnx-testdata/data/node";

    /// <summary>What the oldest tests say, and what the importer begins with; their operators did not change between.</summary>
    private const int OldestOpset = 7;

    private static readonly DataType[] s_types = [DataType.Float, DataType.Int64, DataType.Int32, DataType.Bool];

    private static readonly Lazy<ILookup<string, OperatorTestFolder>> s_all = new(() => Directory.GetDirectories(Root)
        .Order(StringComparer.Ordinal)
        .Select(path => new OperatorTestFolder(path))
        .Where(folder => folder.IsUsable)
        .ToLookup(folder => folder._model.Graph.Node[0].OpType));

    private readonly string _path;
    private readonly ModelProto _model;

    private OperatorTestFolder(string path)
    {
        _path = path;
        Name = Path.GetFileName(path);
        _model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(path, "model.onnx")));
    }

    public string Name { get; }

    /// <summary>The tests of an operator whose first input has a type that the importer takes, and nothing empty.</summary>
    public static IReadOnlyList<OperatorTestFolder> Of(string operatorName)
    {
        SharedData.RequirePath(Root, "the Debian package libonnx-testdata (apt-get install libonnx-testdata)");
        return [.. s_all.Value[operatorName]];
    }

    public byte[] Model()
    {
        ModelProto model = _model.Clone();
        model.OpsetImport[0].Version = Math.Max(OldestOpset, model.OpsetImport[0].Version);
        while (model.Graph.Input.Count > 1)
            model.Graph.Input.RemoveAt(1);
        while (model.Graph.Output.Count > 1)
            model.Graph.Output.RemoveAt(1);
        for (int i = 1; i < _model.Graph.Input.Count; i++)
        {
            TensorProto tensor = Read("input", i);
            tensor.Name = _model.Graph.Input[i].Name;
            model.Graph.Initializer.Add(tensor);
        }
        return model.ToByteArray();
    }

    public Dictionary<string, float[]> Inputs() => _model.Graph.Input.Take(1).ToDictionary(input => input.Name, _ => Numbers(Read("input", 0)));

    public Dictionary<string, float[]> Outputs() => new() { [_model.Graph.Output[0].Name] = Numbers(Read("output", 0)) };

    /// <summary>One operator, an input of a type that the importer takes, and nothing empty.</summary>
    private bool IsUsable => _model.Graph.Node.Count == 1
        && _model.Graph.Input.Take(1).All(input => input.Type.TensorType is { } type && s_types.Contains((DataType)type.ElemType))
        && _model.Graph.Input.Concat(_model.Graph.Output).All(value => value.Type.TensorType is null || value.Type.TensorType.Shape.Dim.All(length => length.DimValue > 0));

    private TensorProto Read(string kind, int index) =>
        TensorProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(_path, "test_data_set_0", $"{kind}_{index}.pb")));

    private static float[] Numbers(TensorProto tensor)
    {
        GraphValue value = TensorReader.Read(tensor, "test", "test");
        return (value.Float ?? value.Integer!.ToFloats()).Data;
    }
}
