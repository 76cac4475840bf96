namespace Latch.Import.Onnx;

/// <summary>The nodes that the outputs depend on, each after those that feed it.</summary>
internal sealed class GraphOrder
{
    private readonly GraphProto _graph;
    private readonly string _source;
    private readonly Dictionary<string, int> _writers = [];
    private readonly Func<string, bool>? _isKnownOutside;
    private readonly HashSet<string> _given = [];

    private GraphOrder(GraphProto graph, string source, Func<string, bool>? isKnownOutside)
    {
        _graph = graph;
        _source = source;
        _isKnownOutside = isKnownOutside;
    }

    /// <summary>Orders a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="source">What messages call the file.</param>
    /// <param name="isKnownOutside">For a graph inside of a node: whether a name is a value of the graph around.</param>
    /// <exception cref="ImportException">A name is written twice or never, or the graph has a cycle.</exception>
    public static IReadOnlyList<NodeProto> Of(GraphProto graph, string source, Func<string, bool>? isKnownOutside = null)
    {
        GraphOrder order = new(graph, source, isKnownOutside);
        order.RegisterNames();
        return order.Sort(order.FindLive());
    }

    private void RegisterNames()
    {
        HashSet<string> initializers = [];
        foreach (TensorProto tensor in _graph.Initializer)
        {
            if (!initializers.Add(tensor.Name))
                throw Broken($"the initializer '{tensor.Name}' occurs twice");
        }
        _given.UnionWith(initializers);
        HashSet<string> inputs = [];
        foreach (ValueInfoProto input in _graph.Input)
        {
            if (!inputs.Add(input.Name))
                throw Broken($"the input '{input.Name}' occurs twice");
        }
        _given.UnionWith(inputs);
        if (_graph.Output.GroupBy(output => output.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw Broken($"the output '{twice.Key}' occurs twice");
        for (int i = 0; i < _graph.Node.Count; i++)
        {
            foreach (string output in _graph.Node[i].Output.Where(name => name.Length > 0))
            {
                if (_given.Contains(output) || !_writers.TryAdd(output, i))
                    throw Broken($"the value '{output}' is written twice, the second time by {Describe(i)}");
            }
        }
    }

    private bool[] FindLive()
    {
        bool[] live = new bool[_graph.Node.Count];
        Stack<int> open = new();
        foreach (ValueInfoProto output in _graph.Output)
            Reach(output.Name, "an output of the graph", live, open);
        while (open.TryPop(out int node))
        {
            foreach (string input in SubgraphNames.Read(_graph.Node[node]))
                Reach(input, $"an input of {Describe(node)}", live, open);
        }
        return live;
    }

    private void Reach(string value, string role, bool[] live, Stack<int> open)
    {
        if (_writers.TryGetValue(value, out int writer))
        {
            if (!live[writer])
                open.Push(writer);
            live[writer] = true;
        }
        else if (!_given.Contains(value) && _isKnownOutside?.Invoke(value) != true)
        {
            throw Broken($"the value '{value}', {role}, is neither an input nor an initializer nor written by a node");
        }
    }

    /// <summary>Depth first from the nodes in file order, so that a file in order keeps its order.</summary>
    private List<NodeProto> Sort(bool[] live)
    {
        List<NodeProto> sorted = [];
        bool[] done = new bool[live.Length];
        bool[] entered = new bool[live.Length];
        Stack<int> open = new();
        for (int first = 0; first < live.Length; first++)
        {
            if (live[first] && !done[first])
                open.Push(first);
            while (open.TryPeek(out int node))
            {
                int[] waiting = entered[node] ? [] : [.. Feeders(node).Where(feeder => !done[feeder])];
                entered[node] = true;
                if (waiting.FirstOrDefault(feeder => entered[feeder], -1) is >= 0 and int again)
                    throw Broken($"the graph has a cycle through {Describe(again)}");
                foreach (int feeder in waiting)
                    open.Push(feeder);
                if (waiting.Length > 0)
                    continue;
                open.Pop();
                if (!done[node])
                    sorted.Add(_graph.Node[node]);
                done[node] = true;
            }
        }
        return sorted;
    }

    private IEnumerable<int> Feeders(int node) => SubgraphNames.Read(_graph.Node[node])
        .Where(_writers.ContainsKey)
        .Select(name => _writers[name])
        .Distinct();

    private string Describe(int node) => $"node '{_graph.Node[node].Name}' ({_graph.Node[node].OpType})";

    private ImportException Broken(string detail) =>
        new(ImportErrorCode.BrokenGraph, _source, $"{detail}; export the model again");
}
