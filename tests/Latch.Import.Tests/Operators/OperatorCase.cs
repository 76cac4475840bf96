using Latch.Import.Onnx;
using Latch.Import.Tests.Support;
using DataType = Latch.Import.Onnx.TensorProto.Types.DataType;

namespace Latch.Import.Tests.Operators;

/// <summary>A model in the making around one operator of random shapes and attributes, in a random operator set.</summary>
internal sealed class OperatorCase
{
    private readonly Dictionary<string, int> _whole = [];

    private OperatorCase(string name, int first, int last, int seed)
    {
        Name = name;
        Random = new Random(seed);
        Writer = new OnnxWriter(Random.Next(first, last + 1));
    }

    public string Name { get; }

    public Random Random { get; }

    public OnnxWriter Writer { get; }

    public int Opset => Writer.Opset;

    public bool Chance => Random.Next(2) == 0;

    /// <summary>Attributes and shapes of the case, for messages.</summary>
    public string Description => string.Join("; ", Writer.Model.Graph.Node.Select(node => $"{node.OpType}({string.Join(", ", node.Attribute.Select(Text))})"));

    /// <summary>Writes one case.</summary>
    /// <param name="name">The operator.</param>
    /// <param name="seed">Decides everything that is random.</param>
    public static OperatorCase Write(string name, int seed)
    {
        (int first, int last, Action<OperatorCase> write) = OperatorCases.All[name];
        OperatorCase writing = new(name, first, last, seed);
        write(writing);
        return writing;
    }

    /// <summary>A shape of lengths 1 to 5.</summary>
    public int[] Shape(int rank) => [.. Enumerable.Range(0, rank).Select(_ => Random.Next(1, 6))];

    /// <summary>An input of floats.</summary>
    public string Input(int[] shape) => Writer.Input(Writer.NewName("x"), [.. shape.Cast<object>()]);

    /// <summary>An input of whole numbers from 0 on.</summary>
    public string Whole(int[] shape, int below, DataType type = DataType.Int64)
    {
        string name = Writer.Input(Writer.NewName("n"), type, [.. shape.Cast<object>()]);
        _whole.Add(name, below);
        return name;
    }

    public string Node(string operatorName, string[] inputs, params (string Name, object Value)[] attributes) =>
        Writer.Node(operatorName, inputs, attributes);

    /// <summary>The case's own operator.</summary>
    public string Node(string[] inputs, params (string Name, object Value)[] attributes) => Writer.Node(Name, inputs, attributes);

    /// <summary>Makes a value an output.</summary>
    public void Output(string value, DataType type = DataType.Float) => Writer.Output(value, type);

    /// <summary>Seeded values of the inputs: within -1 to 1, or whole.</summary>
    public Dictionary<string, float[]> Inputs(IEnumerable<(string Name, int Count)> inputs)
    {
        Random random = new(1);
        return inputs.ToDictionary(input => input.Name, input => Enumerable.Range(0, input.Count)
            .Select(_ => _whole.TryGetValue(input.Name, out int below) ? random.Next(below) : (2 * random.NextSingle()) - 1)
            .ToArray());
    }

    private static string Text(AttributeProto attribute) => $"{attribute.Name} {attribute.Type switch
    {
        AttributeProto.Types.AttributeType.Int => $"{attribute.I}",
        AttributeProto.Types.AttributeType.Ints => string.Join(' ', attribute.Ints),
        AttributeProto.Types.AttributeType.String => attribute.S.ToStringUtf8(),
        _ => $"{attribute.F}",
    }}";
}
