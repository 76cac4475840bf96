using System.Diagnostics.CodeAnalysis;
using Latch.Import.Folding;
using Latch.Import.Graph;
using Latch.Import.Operators;

namespace Latch.Import.Passes;

/// <summary>A graph on its way through the passes: its nodes in order, its values, its ports. A pass replaces nodes and adds values.</summary>
internal sealed class PassGraph
{
    private readonly Dictionary<string, GraphValue> _values;
    private readonly HashSet<string> _nodeNames;
    private readonly Dictionary<string, int> _nextNumbers = [];
    private Dictionary<string, GraphNode>? _producers;
    private ILookup<string, GraphNode>? _readers;

    public PassGraph(GraphBuilder builder, IReadOnlyList<string> inputs, IReadOnlyList<string> outputs)
    {
        Source = builder.Source;
        Nodes = builder.Nodes;
        _values = builder.Values.DistinctBy(value => value.Name).ToDictionary(value => value.Name);
        _nodeNames = [.. Nodes.Select(node => node.Name)];
        Inputs = [.. inputs];
        Outputs = [.. outputs];
        Notes = [.. builder.Notes];
        Loops = builder.Loops;
        Starts = builder.Starts;
        IsForSingleSteps = builder.IsForSingleSteps;
    }

    /// <summary>What messages call the file.</summary>
    public string Source { get; }

    /// <summary>The nodes, each after those that feed it.</summary>
    public IReadOnlyList<GraphNode> Nodes { get; private set; }

    public List<string> Inputs { get; }

    public List<string> Outputs { get; }

    /// <summary>Pairs of an input and an output that carry a state; both are in <see cref="Inputs"/> and <see cref="Outputs"/>.</summary>
    public List<StatePair> States { get; } = [];

    /// <summary>Pairs that are no ports any more: recurrent layers carry them themselves.</summary>
    public List<StatePair> LayerStates { get; } = [];

    /// <summary>Names of the layers that carry a state themselves which the file hands on.</summary>
    public HashSet<string> CarryingLayers { get; } = [];

    public List<string> Notes { get; }

    public IReadOnlyList<UnrolledLoop> Loops { get; }

    /// <summary>Values that stand for constants which loops start from, until <see cref="Cells.LoopStarts"/> closes them.</summary>
    public IReadOnlyDictionary<string, GraphValue> Starts { get; }

    /// <summary>Whether the file is made for single steps, so that a length of 1 is no sequence axis that may be longer elsewhere.</summary>
    public bool IsForSingleSteps { get; }

    /// <summary>Names of recurrent nodes that were made of other nodes.</summary>
    public HashSet<string> WrittenOut { get; } = [];

    public IReadOnlyDictionary<string, GraphValue> Values => _values;

    /// <summary>The node that writes a value; null for inputs and constants.</summary>
    public GraphNode? Producer(string value) =>
        (_producers ??= Nodes.SelectMany(node => node.Outputs.Select(output => (output, node))).ToDictionary(pair => pair.output, pair => pair.node))
        .GetValueOrDefault(value);

    /// <summary>The nodes that read a value, once each.</summary>
    public IEnumerable<GraphNode> Readers(string value) =>
        (_readers ??= Nodes.SelectMany(node => node.Inputs.Distinct().Select(input => (input, node))).ToLookup(pair => pair.input, pair => pair.node))[value];

    public int[] Shape(string value) => _values[value].Shape;

    public int Count(string value) => TensorShape.Count(_values[value].Shape);

    /// <summary>The numbers of a constant; null for a computed value.</summary>
    public FloatTensor? Constant(string value) => _values[value].Float;

    /// <summary>The numbers of a constant, or of a value that stands for one.</summary>
    public FloatTensor? ConstantOrStart(string value) => Constant(value) ?? (Starts.TryGetValue(value, out GraphValue? start) ? start.Float : null);

    public bool IsOutput(string value) => Outputs.Contains(value);

    /// <summary>The only reader of a value that is no output of the graph.</summary>
    public bool HasOnlyReader(string value, [NotNullWhen(true)] out GraphNode? reader)
    {
        reader = null;
        if (IsOutput(value) || Readers(value).Take(2).ToArray() is not [{ } only])
            return false;
        reader = only;
        return true;
    }

    /// <summary>Makes a value known under a name that no value has.</summary>
    public string Define(string wanted, int[] shape, FloatTensor? constant = null)
    {
        string name = wanted;
        while (_values.ContainsKey(name))
            name += "'";
        _values[name] = new GraphValue(name, shape, constant);
        return name;
    }

    /// <summary>Turns a computed value into a constant.</summary>
    public void MakeConstant(string value, FloatTensor tensor) => _values[value] = new GraphValue(value, tensor.Shape, tensor);

    /// <summary>The name itself, or with a number behind it when a node has that name already.</summary>
    public string UniqueNodeName(string wanted)
    {
        if (_nodeNames.Add(wanted))
            return wanted;
        for (int number = _nextNumbers.GetValueOrDefault(wanted, 2); ; number++)
        {
            if (!_nodeNames.Add($"{wanted}_{number}"))
                continue;
            _nextNumbers[wanted] = number + 1;
            return $"{wanted}_{number}";
        }
    }

    /// <summary>Makes the name of a node that goes free for another one.</summary>
    public void ReleaseNodeName(string name) => _nodeNames.Remove(name);

    /// <summary>Takes another list of nodes and brings it into an order in which each node comes after those that feed it.</summary>
    public void Replace(IEnumerable<GraphNode> nodes)
    {
        Nodes = NodeOrder.Of([.. nodes]);
        (_producers, _readers) = (null, null);
    }

    /// <summary>Replaces nodes by others.</summary>
    public void Exchange(IEnumerable<GraphNode> old, params GraphNode[] replacement)
    {
        HashSet<GraphNode> gone = new(old, ReferenceEqualityComparer.Instance);
        Replace(Nodes.Where(node => !gone.Contains(node)).Concat(replacement));
    }

    /// <summary>Lets every reader of a value read another one instead; outputs of the graph keep their names.</summary>
    public void Redirect(IReadOnlyDictionary<string, string> to) =>
        Replace(Nodes.Select(node => node.Inputs.Any(to.ContainsKey) ? NodeInputs.Renamed(node, name => to.GetValueOrDefault(name, name)) : node));

    /// <summary>Drops what no output depends on.</summary>
    public void DropDead() => Replace(DeadNodes.Drop(Nodes, Outputs));
}
