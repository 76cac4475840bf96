using Latch.Import.Tests.Support;

namespace Latch.Import.Tests.RandomModels;

/// <summary>
/// Writes a random chain of operators on an input [batch, time, features], optionally with a recurrent layer in front,
/// and keeps track of the shape that a batch of one and the chosen number of steps lead to.
/// </summary>
internal sealed partial class ChainWriter
{
    private const int Largest = 4000;

    private readonly Random _random;
    private readonly OnnxWriter _writer;
    private readonly List<string> _links = [];
    private string _value;
    private int[] _shape;

    private ChainWriter(int seed)
    {
        _random = new Random(seed);
        _writer = new OnnxWriter(_random.Next(7, 22));
        Steps = _random.Next(1, 9);
        int features = _random.Next(1, 9);
        object?[] axes = _random.Next(3) switch
        {
            0 => [1, Steps],
            1 => ["batch", "time"],
            _ => [null, null],
        };
        _value = _writer.Input("x", [.. axes, features]);
        _shape = [1, Steps, features];
    }

    public int Steps { get; }

    public int Opset => _writer.Opset;

    /// <summary>The operators' families in order, for messages.</summary>
    public string Links => string.Join(" > ", _links);

    public byte[] Bytes { get; private set; } = [];

    /// <summary>The operators of the model.</summary>
    public IEnumerable<string> Operators => _writer.Model.Graph.Node.Select(node => node.OpType);

    public static ChainWriter Write(int seed)
    {
        ChainWriter chain = new(seed);
        if (chain._random.Next(2) == 0)
            chain.Recurrent();
        (string Name, Func<bool> Link)[] links = chain.AllLinks();
        for (int count = chain._random.Next(3, 10); count > 0; count--)
        {
            (string name, Func<bool> link) = links[chain._random.Next(links.Length)];
            if (link())
                chain._links.Add(name);
        }
        chain._writer.Node("Identity", [chain._value], ["y"]);
        chain._writer.Output("y");
        chain.Bytes = chain._writer.ToBytes();
        return chain;
    }

    private (string Name, Func<bool> Link)[] AllLinks() =>
    [
        ("activation", Activation), ("prelu", PRelu), ("clip", Clip), ("constant operand", ConstantOperand), ("branch", Branch),
        ("extremes", Extremes), ("power", Power), ("matmul", MatMul), ("matmul vector", MatMulVector), ("gram", Gram),
        ("constant left", ConstantLeft), ("gemm", Gemm), ("softmax", Softmax), ("batch normalization", BatchNormalization),
        ("layer normalization", LayerNormalization), ("reduction", Reduction), ("reduction", Reduction), ("reshape", Reshape),
        ("computed reshape", ComputedReshape), ("size", SizeReshape), ("squeeze", Squeeze), ("unsqueeze", Unsqueeze), ("flatten", Flatten),
        ("transpose", Transpose), ("slice", Slice), ("slice", Slice), ("gather", Gather), ("concat", Concat), ("split", Split),
        ("expand", Expand), ("where", WhereExpand), ("tile", Tile), ("logic", LogicTile), ("pass", Pass), ("filled", Filled), ("range", RangeGather),
    ];

    private void Recurrent()
    {
        int units = _random.Next(1, 9);
        int features = _shape[2];
        bool gru = _random.Next(2) == 0;
        int rows = (gru ? 3 : 4) * units;
        string timeFirst = _writer.Node("Transpose", [_value], ("perm", new long[] { 1, 0, 2 }));
        string y = _writer.Node(
            gru ? "GRU" : "LSTM",
            [timeFirst, _writer.Floats(_random, 0.6f, 1, rows, features), _writer.Floats(_random, 0.4f, 1, rows, units)],
            ("hidden_size", units));
        string squeezed = AxesNode("Squeeze", y, 13, 1);
        Set(_writer.Node("Transpose", [squeezed], ("perm", new long[] { 1, 0, 2 })), 1, Steps, units);
    }

    private int Rank => _shape.Length;

    private int Count => _shape.Aggregate(1, (a, b) => a * b);

    private bool Set(string value, params int[] shape)
    {
        (_value, _shape) = (value, shape);
        return true;
    }

    private bool Chance => _random.Next(2) == 0;

    private int Axis => _random.Next(Rank);

    /// <summary>An axis, sometimes counted from the back where the operator set allows it.</summary>
    private long Signed(int axis, int sinceOpset = 11) => Opset >= sinceOpset && Chance ? axis - Rank : axis;

    private string ShapeOf() => _writer.Node("Shape", [_value]);

    /// <summary>A node whose axes are an attribute in older operator sets and an input in newer ones.</summary>
    private string AxesNode(string operatorName, string value, int inputSince, params long[] axes) => Opset >= inputSince
        ? _writer.Node(operatorName, [value, _writer.Integers(axes)])
        : _writer.Node(operatorName, [value], ("axes", axes));
}
