using Latch.Import.Folding;
using Latch.Import.Graph;
using Latch.Import.Onnx;

namespace Latch.Import.Operators;

/// <summary>Collects the nodes of a model in the making; nodes whose inputs are all constant become constants at once.</summary>
internal sealed class GraphBuilder(string source, IReadOnlySet<string> outputs, ExternalFiles? files = null)
{
    private readonly Dictionary<string, GraphValue> _values = [];
    private readonly Dictionary<string, int> _nodeNames = [];
    private readonly List<GraphNode> _nodes = [];
    private readonly Dictionary<FloatTensor, FloatTensor> _rows = new(ReferenceEqualityComparer.Instance);

    public string Source => source;

    /// <summary>Where tensors find data that lie in other files; null when there are none.</summary>
    public ExternalFiles? Files => files;

    /// <summary>What is done with a batch of more than 1.</summary>
    public BatchRule Batch { get; init; } = new();

    public IReadOnlyList<GraphNode> Nodes => _nodes;

    /// <summary>What a user should know of the import.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Notes something once, however often it comes by.</summary>
    public void Note(string note)
    {
        if (!Notes.Contains(note))
            Notes.Add(note);
    }

    /// <summary>With what scale a value of the file was quantized.</summary>
    public Dictionary<string, FloatTensor> Scales { get; } = [];

    public List<UnrolledLoop> Loops { get; } = [];

    /// <summary>Values that stand for constants which loops start from, see <see cref="UnrolledLoop.Start"/>.</summary>
    public Dictionary<string, GraphValue> Starts { get; } = [];

    /// <summary>Whether the file leaves no sequence axis open.</summary>
    public bool StepsAreFixed { get; set; }

    /// <summary>Whether the file is made for single steps: it is never brought into this form for several.</summary>
    public bool IsForSingleSteps { get; set; }

    /// <summary>A matrix with a row per output, made once however often a loop comes by.</summary>
    public FloatTensor Rows(FloatTensor weights, Func<FloatTensor, FloatTensor> make)
    {
        if (!_rows.TryGetValue(weights, out FloatTensor? rows))
            _rows[weights] = rows = make(weights);
        return rows;
    }

    public IEnumerable<GraphValue> Values => _values.Values;

    /// <summary>Whether a name is an output of the graph, so that a value of that very name must exist.</summary>
    public bool IsOutput(string name) => outputs.Contains(name);

    public GraphValue? Find(string name) => _values.GetValueOrDefault(name);

    /// <summary>Makes a name stand for a value: an input, a constant, or another name's value.</summary>
    public GraphValue Define(string name, GraphValue value) => _values[name] = value;

    /// <summary>Makes a value that stands for a constant.</summary>
    public GraphValue Open(GraphValue constant, string name)
    {
        Starts[name] = constant;
        return Define(name, new GraphValue(name, constant.Shape));
    }

    /// <summary>Says what a value of the file holds; a constant of integers or truth values becomes one of integers.</summary>
    public void SetKind(string name, ElementKind kind)
    {
        if (_values.GetValueOrDefault(name) is not { Integer: null } value)
            return;
        if (value.Float is not { } tensor)
            Define(name, value with { Computed = kind });
        else if (ElementKinds.IsInteger(kind))
            Define(name, value with { Integer = new IntegerTensor(tensor.Shape, [.. tensor.Data.Select(x => (long)x)], kind == ElementKind.Truth) });
    }

    /// <summary>The name itself, or with a number behind it when a node has that name already.</summary>
    public string UniqueNodeName(string wanted)
    {
        string name = wanted;
        while (!_nodeNames.TryAdd(name, 1))
            name = $"{wanted}_{++_nodeNames[wanted]}";
        return name;
    }

    /// <summary>Adds a node with one output.</summary>
    public GraphValue Emit(OperatorCall call, GraphNode node, int[] shape)
    {
        Emit(call, node, [shape]);
        return _values[node.Outputs[0]];
    }

    /// <summary>Adds a node, or the constants it amounts to.</summary>
    public void Emit(OperatorCall call, GraphNode node, IReadOnlyList<int[]> shapes)
    {
        GraphValue[] inputs = [.. node.Inputs.Select(name => _values[name])];
        foreach (int[] shape in shapes)
            CheckSize(call, shape, inputs);
        if (inputs.All(input => input.Integer is not null) && ConstantFolder.Integers(node, inputs, shapes[0]) is { } integers)
        {
            Define(node.Outputs[0], new GraphValue(node.Outputs[0], shapes[0], Integer: integers));
            return;
        }
        for (int i = 0; i < inputs.Length; i++)
            inputs[i] = AsFloats(inputs[i]);
        if (inputs.All(input => input.IsConstant) && !StartsFromZero(node, inputs))
        {
            IReadOnlyList<FloatTensor> folded = ConstantFolder.Floats(node, inputs, shapes);
            for (int i = 0; i < folded.Count; i++)
                Define(node.Outputs[i], new GraphValue(node.Outputs[i], shapes[i], Float: folded[i]));
            return;
        }
        _nodes.Add(node);
        for (int i = 0; i < shapes.Count; i++)
            Define(node.Outputs[i], new GraphValue(node.Outputs[i], shapes[i]));
    }

    /// <summary>
    /// A product of weights with a constant row of zeros: the first step of a cell. Its weights are still needed when the cell is recognised; what remains is
    /// folded after that.
    /// </summary>
    private static bool StartsFromZero(GraphNode node, GraphValue[] inputs) =>
        node is DenseNode && inputs[0].Float is { } row && row.Count == row.Shape[^1] && row.Data.All(x => x == 0);

    /// <summary>Gives values that are constants of integers the same numbers as floats.</summary>
    public void GiveFloats(IEnumerable<string> names)
    {
        foreach (string name in names)
            AsFloats(_values[name]);
    }

    /// <summary>A constant of integers gets its numbers as floats: the model knows no integers.</summary>
    private GraphValue AsFloats(GraphValue value) => value is { Integer: { } integers, Float: null }
        ? Define(value.Name, value with { Float = integers.ToFloats() })
        : value;

    private static void CheckSize(OperatorCall call, int[] shape, GraphValue[] inputs)
    {
        if (!TensorShape.IsAllowed(shape))
        {
            throw call.Fail(
                ImportErrorCode.ShapeMismatch,
                $"a value of shape {TensorShape.Text(shape)} is too large; at most {TensorShape.LargestCount} elements are supported");
        }
        if (shape.Contains(0) && inputs.Any(input => input.Integer is null))
            throw call.Fail(ImportErrorCode.ShapeMismatch, $"a value of shape {TensorShape.Text(shape)} is empty");
    }
}
