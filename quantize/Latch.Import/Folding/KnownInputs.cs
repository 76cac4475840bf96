using Latch.Import.Onnx;
using DataType = Latch.Import.Onnx.TensorProto.Types.DataType;

namespace Latch.Import.Folding;

/// <summary>
/// Inputs of whole numbers whose value is known without being asked for: one that is compared with a constant to choose a branch of an <c>If</c> (a sample
/// rate), which is taken as that constant, and one that holds the lengths of sequences, which is taken as the number of steps.
/// </summary>
internal sealed class KnownInputs
{
    private static readonly HashSet<string> s_passed = ["Cast", "Identity", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Gather", "Slice", "Not", "And", "Or"];

    private readonly Dictionary<string, TensorProto> _constants = [];
    private readonly ILookup<string, NodeProto> _readers;
    private readonly string _source;

    /// <param name="graph">The graph.</param>
    /// <param name="inputs">Its inputs that are no constants.</param>
    /// <param name="given">Values that the caller says.</param>
    /// <param name="source">What messages call the file.</param>
    /// <exception cref="ImportException">A name that the caller says is no input.</exception>
    public KnownInputs(GraphProto graph, IReadOnlyList<ValueInfoProto> inputs, IReadOnlyDictionary<string, long> given, string source)
    {
        _source = source;
        foreach (TensorProto tensor in graph.Initializer)
            _constants[tensor.Name] = tensor;
        foreach (NodeProto node in graph.Node.Where(node => node.OpType == "Constant"))
        {
            if (node.Attribute.FirstOrDefault(attribute => attribute.Name == "value")?.T is { } tensor)
                _constants[node.Output[0]] = tensor;
        }
        _readers = graph.Node.SelectMany(node => node.Input.Distinct().Select(name => (name, node))).ToLookup(pair => pair.name, pair => pair.node);
        if (given.Keys.FirstOrDefault(name => inputs.All(input => input.Name != name)) is { } unknown)
        {
            string names = string.Join(", ", inputs.Select(input => $"'{input.Name}'"));
            throw new ImportException(ImportErrorCode.UnsupportedForm, source, $"'{unknown}' is no input of the graph that its outputs depend on; the inputs are {names}");
        }
        foreach (ValueInfoProto input in inputs)
        {
            if (given.TryGetValue(input.Name, out long value))
                Values[input.Name] = value;
            else if (IsWhole(input) && Count(input) == 1 && Compared(input.Name) is long constant)
                Choose(input.Name, constant);
        }
        Lengths = [.. inputs.Where(input => IsWhole(input) && !Values.ContainsKey(input.Name) && IsLengths(input)).Select(input => input.Name)];
    }

    /// <summary>The inputs whose number is known.</summary>
    public Dictionary<string, long> Values { get; } = [];

    /// <summary>The inputs that seem to hold the lengths of sequences.</summary>
    public IReadOnlyList<string> Lengths { get; }

    /// <summary>What a user should know of it.</summary>
    public List<string> Notes { get; } = [];

    private void Choose(string input, long constant)
    {
        Values[input] = constant;
        Notes.Add($"the input '{input}' is taken as {constant}, with which the file compares it to choose a branch, and is no input any more");
    }

    private static bool IsWhole(ValueInfoProto input) => (DataType)(input.Type?.TensorType?.ElemType ?? 0) is DataType.Int64 or DataType.Int32;

    private static long Count(ValueInfoProto input) =>
        input.Type.TensorType.Shape?.Dim.Aggregate(1L, (product, dimension) => product * dimension.DimValue) ?? 0;

    private static bool IsLengths(ValueInfoProto input) =>
        input.Type.TensorType.Shape?.Dim.Count == 1 && input.Name.Contains("len", StringComparison.OrdinalIgnoreCase);

    /// <summary>The constant with which a value is compared where the result chooses a branch; null when there is none.</summary>
    private long? Compared(string input)
    {
        foreach (NodeProto equal in Reached(input).Where(node => node.OpType == "Equal"))
        {
            long? constant = equal.Input.Select(Number).FirstOrDefault(number => number is not null);
            if (constant is not null && Reached(equal.Output[0]).Any(node => node.OpType == "If"))
                return constant;
        }
        return null;
    }

    /// <summary>The nodes that read a value, also behind casts, changes of shape and logic.</summary>
    private List<NodeProto> Reached(string value)
    {
        List<NodeProto> reached = [];
        Stack<string> open = new([value]);
        HashSet<string> seen = [value];
        while (open.TryPop(out string? name))
        {
            foreach (NodeProto reader in _readers[name])
            {
                reached.Add(reader);
                if (s_passed.Contains(reader.OpType) && seen.Add(reader.Output[0]))
                    open.Push(reader.Output[0]);
            }
        }
        return reached;
    }

    private long? Number(string name) =>
        _constants.TryGetValue(name, out TensorProto? tensor)
        && tensor.DataLocation != TensorProto.Types.DataLocation.External
        && tensor.Dims.All(length => length == 1)
        && TensorReader.Read(tensor, name, _source).Integer is { Data.Length: 1 } constant
            ? constant.Data[0]
            : null;
}
