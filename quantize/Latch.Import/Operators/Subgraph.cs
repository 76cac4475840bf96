using Latch.Import.Folding;
using Latch.Import.Graph;
using Latch.Import.Onnx;

namespace Latch.Import.Operators;

/// <summary>
/// Brings the graph inside of a node (a branch of If, the body of Loop or Scan) into the graph around, once or several times. Its values get names under a
/// scope; names that are not its own are values of the graph around. Its nodes keep their names, with a number where they come again.
/// </summary>
internal sealed class Subgraph
{
    /// <summary>Iterations of one loop.</summary>
    public const int MostIterations = 2048;

    /// <summary>Nodes that the bodies of all loops together may become.</summary>
    private const int MostNodes = 1 << 16;

    private readonly OperatorCall _call;
    private readonly GraphProto _graph;
    private readonly string _scope;
    private readonly HashSet<string> _own;
    private readonly HashSet<string> _fixed;
    private readonly HashSet<string> _read;
    private readonly IReadOnlyList<NodeProto> _nodes;

    /// <param name="call">The node that holds the graph.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="scope">What goes before the names of its constants.</param>
    public Subgraph(OperatorCall call, GraphProto graph, string scope)
    {
        (_call, _graph, _scope, _own) = (call, graph, scope, SubgraphNames.Defined(graph));
        GraphBuilder builder = call.Builder;
        _nodes = GraphOrder.Of(graph, builder.Source, name => builder.Find(name) is not null);
        foreach (NodeProto node in _nodes)
            CheckSupported(node);
        NodeProto[] constants = [.. _nodes.Where(node => node.OpType == "Constant")];
        _fixed = [.. graph.Initializer.Select(tensor => tensor.Name), .. constants.SelectMany(node => node.Output)];
        foreach (TensorProto tensor in graph.Initializer)
            builder.Define($"{scope}/{tensor.Name}", TensorReader.Read(tensor, $"{scope}/{tensor.Name}", builder.Source, builder.Files));
        _read = [.. _nodes.SelectMany(SubgraphNames.Read), .. graph.Output.Select(output => output.Name)];
        HashSet<string> read = Read(scope);
        foreach (NodeProto node in constants)
            Lower(node, scope, read);
        _nodes = [.. _nodes.Except(constants)];
    }

    /// <summary>Lowers the graph and yields the values of its outputs.</summary>
    /// <param name="scope">What goes before the names of its values.</param>
    /// <param name="inputs">The values of its inputs, in order.</param>
    public GraphValue[] Inline(string scope, IReadOnlyList<GraphValue> inputs)
    {
        if (_graph.Input.Count != inputs.Count)
            throw _call.Fail(ImportErrorCode.BrokenGraph, $"its inner graph has {_graph.Input.Count} inputs, not {inputs.Count}");
        for (int i = 0; i < inputs.Count; i++)
            _call.Builder.Define(Scoped(_graph.Input[i].Name, scope), inputs[i]);
        HashSet<string> read = Read(scope);
        foreach (NodeProto node in _nodes)
            Lower(node, scope, read);
        if (_call.Builder.Nodes.Count > MostNodes)
            throw _call.Fail(ImportErrorCode.UnsupportedForm, $"unrolled it has more than {MostNodes} operations; import fewer steps");
        return [.. _graph.Output.Select(output => _call.Builder.Find(Scoped(output.Name, scope))!)];
    }

    /// <summary>Which outputs depend on computed values, when some of the inputs are computed. What only shapes decide does not count.</summary>
    public bool[] Computed(IReadOnlyList<bool> inputs)
    {
        HashSet<string> computed = [.. _graph.Input.Where((_, i) => inputs[i]).Select(input => input.Name)];
        bool IsComputed(string name) => _own.Contains(name) ? computed.Contains(name) : _call.Builder.Find(name) is { IsConstant: false };
        foreach (NodeProto node in _nodes.Where(node => node.OpType is not ("Shape" or "Size")))
        {
            if (SubgraphNames.Read(node).Any(IsComputed))
                computed.UnionWith(node.Output);
        }
        return [.. _graph.Output.Select(output => IsComputed(output.Name))];
    }

    /// <summary>Makes the outputs of a node stand for values.</summary>
    /// <param name="call">The node.</param>
    /// <param name="values">The values, one per output.</param>
    /// <param name="always">Whether computed values get the outputs' names in any case, so that these do not depend on the number of iterations.</param>
    public static void Write(OperatorCall call, IReadOnlyList<GraphValue> values, bool always = false)
    {
        for (int i = 0; i < values.Count; i++)
        {
            if (call.OptionalOutput(i) is not { } output)
                continue;
            if (values[i].IsConstant || !(always || call.Builder.IsOutput(output)))
                call.Builder.Define(output, call.Builder.IsOutput(output) ? values[i] with { Name = output } : values[i]);
            else
                call.Emit(new ReshapeNode($"{call.Name}/{i}", values[i].Name, output), values[i].Shape);
        }
    }

    private void Lower(NodeProto node, string scope, HashSet<string> read)
    {
        NodeProto scoped = new() { Name = node.Name, OpType = node.OpType, Domain = node.Domain };
        scoped.Input.AddRange(node.Input.Select(name => Scoped(name, scope)));
        scoped.Output.AddRange(node.Output.Select(name => Scoped(name, scope)));
        scoped.Attribute.AddRange(node.Attribute.Select(attribute => attribute.G is null ? attribute : Scoped(attribute, scope)));
        OperatorTable.Lower(new OperatorCall(scoped, _call.Opset, _call.Builder, read));
    }

    /// <summary>The names that some node or output reads.</summary>
    private HashSet<string> Read(string scope) => [.. _read.Select(name => Scoped(name, scope))];

    private string Scoped(string name, string scope) => !_own.Contains(name) ? name : $"{(_fixed.Contains(name) ? _scope : scope)}/{name}";

    private AttributeProto Scoped(AttributeProto attribute, string scope)
    {
        AttributeProto scoped = attribute.Clone();
        HashSet<string> hidden = SubgraphNames.Defined(attribute.G);
        scoped.G = SubgraphNames.Renamed(attribute.G, name => hidden.Contains(name) ? name : Scoped(name, scope));
        return scoped;
    }

    private void CheckSupported(NodeProto node)
    {
        if (OperatorTable.Supports(node))
            return;
        throw new ImportException(
            ImportErrorCode.UnsupportedOperator,
            _call.Builder.Source,
            $"unsupported: {OperatorTable.NameOf(node)}, inside of the node '{_call.Name}' ({_call.Operator}). Supported operators: {string.Join(", ", OperatorTable.Names)}",
            node.Name,
            OperatorTable.NameOf(node));
    }
}
