using Latch.Import.Onnx;

namespace Latch.Import.Passes;

/// <summary>
/// Cuts off outputs that depend on random numbers, before anything else is done with the file. What feeds the random part becomes an output instead: going
/// back from it over Log, Exp, Softmax, LogSoftmax, Cast, changes of shape, factors of one number, and sums and products with a mask (a value that depends
/// on inputs of the graph but on no weights), the first other value. For a policy with a Multinomial these are the logits, before masks and normalisation.
/// </summary>
internal sealed class RandomHeads
{
    private static readonly HashSet<string> s_random = ["Multinomial", "Bernoulli", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike"];

    private static readonly HashSet<string> s_passed =
        ["Log", "Exp", "Softmax", "LogSoftmax", "Cast", "Identity", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Transpose", "Dropout"];

    private static readonly HashSet<string> s_joining = ["Add", "Sub", "Mul", "Div", "Where", "Max", "Min"];

    private static readonly HashSet<string> s_weighted = ["MatMul", "Gemm", "Conv", "ConvTranspose", "LSTM", "GRU", "RNN", "Loop", "Scan", "If", "Einsum"];

    private readonly GraphProto _graph;
    private readonly Dictionary<string, NodeProto> _producers = [];
    private readonly Dictionary<string, TensorProto> _initializers;
    private readonly HashSet<string> _inputs;
    private readonly Dictionary<string, (bool Input, bool Weights)> _kinds = [];

    private RandomHeads(GraphProto graph)
    {
        _graph = graph;
        foreach (NodeProto node in graph.Node)
            foreach (string output in node.Output.Where(name => name.Length > 0))
                _producers.TryAdd(output, node);
        _initializers = graph.Initializer.DistinctBy(tensor => tensor.Name).ToDictionary(tensor => tensor.Name);
        _inputs = [.. graph.Input.Select(input => input.Name).Where(name => !_initializers.ContainsKey(name))];
    }

    /// <summary>Changes the outputs of a graph, and says what it did.</summary>
    /// <exception cref="ImportException">No output remains.</exception>
    public static IReadOnlyList<string> Cut(GraphProto graph, string source)
    {
        List<string> notes = graph.Node.Any(node => s_random.Contains(node.OpType)) ? new RandomHeads(graph).Cut() : [];
        return graph.Output.Count > 0 ? notes : throw new ImportException(ImportErrorCode.UnsupportedForm, source, $"{string.Join("; ", notes)}; nothing remains");
    }

    private List<string> Cut()
    {
        List<string> notes = [];
        List<ValueInfoProto> kept = [];
        foreach (ValueInfoProto output in _graph.Output)
        {
            HashSet<NodeProto> behind = Behind(output.Name);
            NodeProto[] random = [.. behind.Where(node => s_random.Contains(node.OpType))];
            if (random.Length == 0)
            {
                kept.Add(output);
                continue;
            }
            string[] feeding = [.. Feeding(behind, random)];
            kept.AddRange(feeding.Select(name => new ValueInfoProto { Name = name, Type = output.Type?.Clone() }));
            string instead = feeding.Length == 0 ? "" : $"; what feeds it is an output instead, before masks and normalisation: {string.Join(", ", feeding.Select(name => $"'{name}'"))}";
            notes.Add($"the output '{output.Name}' was cut off: it comes from the node '{random[0].Name}' ({random[0].OpType}), which draws random numbers{instead}");
        }
        if (notes.Count > 0)
        {
            _graph.Output.Clear();
            _graph.Output.AddRange(kept.DistinctBy(output => output.Name));
        }
        return notes;
    }

    /// <summary>The values that enter the random part from outside, gone back to where they are plain results.</summary>
    private IEnumerable<string> Feeding(HashSet<NodeProto> behind, NodeProto[] random)
    {
        HashSet<string> drawn = [.. random.SelectMany(node => node.Output)];
        bool grown = true;
        while (grown)
        {
            grown = false;
            foreach (NodeProto node in behind.Where(node => node.Input.Any(drawn.Contains)))
                foreach (string output in node.Output)
                    grown |= drawn.Add(output);
        }
        return behind
            .Where(node => node.Output.Any(drawn.Contains))
            .SelectMany(node => node.Input)
            .Where(name => name.Length > 0 && !drawn.Contains(name) && Kind(name).Weights)
            .Select(Back)
            .Distinct();
    }

    private string Back(string value)
    {
        while (_producers.TryGetValue(value, out NodeProto? node) && Before(node) is { } before && Kind(before).Weights)
            value = before;
        return value;
    }

    /// <summary>What a node of a sampling head made its output from; null when the output is a plain result.</summary>
    private string? Before(NodeProto node)
    {
        if (s_passed.Contains(node.OpType) || (node.OpType == "Concat" && node.Input.Count == 1))
            return node.Input[0];
        if (!s_joining.Contains(node.OpType))
            return null;
        string[] computed = [.. node.Input.Where(name => Kind(name).Weights)];
        bool masked = node.Input.All(name => computed.Contains(name) || Kind(name).Input || IsOneNumber(name));
        return computed.Length == 1 && masked ? computed[0] : null;
    }

    private bool IsOneNumber(string name)
    {
        TensorProto? tensor = _initializers.GetValueOrDefault(name) ?? _producers.GetValueOrDefault(name)?.Attribute.FirstOrDefault(attribute => attribute.Name == "value")?.T;
        return tensor is not null && tensor.Dims.All(length => length == 1);
    }

    /// <summary>Whether a value depends on inputs of the graph, and whether on weights.</summary>
    private (bool Input, bool Weights) Kind(string name)
    {
        if (_kinds.TryGetValue(name, out (bool Input, bool Weights) known))
            return known;
        HashSet<NodeProto> behind = Behind(name);
        bool input = _inputs.Contains(name) || behind.SelectMany(SubgraphNames.Read).Any(_inputs.Contains);
        return _kinds[name] = (input, input && behind.Any(node => s_weighted.Contains(node.OpType)));
    }

    /// <summary>Every node that a value depends on.</summary>
    private HashSet<NodeProto> Behind(string value)
    {
        HashSet<NodeProto> behind = new(ReferenceEqualityComparer.Instance);
        Stack<string> open = new([value]);
        while (open.TryPop(out string? name))
        {
            if (!_producers.TryGetValue(name, out NodeProto? node) || !behind.Add(node))
                continue;
            foreach (string input in SubgraphNames.Read(node))
                open.Push(input);
        }
        return behind;
    }
}
