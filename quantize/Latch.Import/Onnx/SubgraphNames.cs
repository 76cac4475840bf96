namespace Latch.Import.Onnx;

/// <summary>The names inside of subgraphs: which of them are values of the graph around, and the same subgraph under other names.</summary>
internal static class SubgraphNames
{
    /// <summary>The graphs that a node holds (the branches of If, the bodies of Loop and Scan).</summary>
    public static IEnumerable<GraphProto> Of(NodeProto node) => node.Attribute.Where(attribute => attribute.G is not null).Select(attribute => attribute.G);

    /// <summary>What a node reads: its inputs, and the values around it that its subgraphs read.</summary>
    public static IEnumerable<string> Read(NodeProto node) =>
        node.Input.Where(name => name.Length > 0).Concat(Of(node).SelectMany(Captured)).Distinct();

    /// <summary>The values of the graph around that a subgraph reads.</summary>
    public static IEnumerable<string> Captured(GraphProto graph)
    {
        HashSet<string> own = Defined(graph);
        return graph.Node.SelectMany(Read).Concat(graph.Output.Select(output => output.Name)).Where(name => name.Length > 0 && !own.Contains(name)).Distinct();
    }

    /// <summary>The nodes of a graph and of all graphs inside of it.</summary>
    public static IEnumerable<NodeProto> AllNodes(IEnumerable<NodeProto> nodes) =>
        nodes.SelectMany(node => Of(node).SelectMany(graph => AllNodes(graph.Node)).Prepend(node));

    /// <summary>Names that a graph gives to its values: inputs, initializers, outputs of nodes.</summary>
    public static HashSet<string> Defined(GraphProto graph) =>
    [
        .. graph.Input.Select(input => input.Name),
        .. graph.Initializer.Select(tensor => tensor.Name),
        .. graph.Node.SelectMany(node => node.Output).Where(name => name.Length > 0),
    ];

    /// <summary>A copy of a graph in which the values have the names that a rule gives them. Values of graphs inside of it that hide one of the same name stay.</summary>
    public static GraphProto Renamed(GraphProto graph, Func<string, string> rename)
    {
        GraphProto copy = graph.Clone();
        foreach (ValueInfoProto port in copy.Input.Concat(copy.Output))
            port.Name = rename(port.Name);
        foreach (TensorProto tensor in copy.Initializer)
            tensor.Name = rename(tensor.Name);
        foreach (NodeProto node in copy.Node)
        {
            for (int i = 0; i < node.Input.Count; i++)
                node.Input[i] = node.Input[i].Length > 0 ? rename(node.Input[i]) : "";
            for (int i = 0; i < node.Output.Count; i++)
                node.Output[i] = node.Output[i].Length > 0 ? rename(node.Output[i]) : "";
            foreach (AttributeProto attribute in node.Attribute.Where(attribute => attribute.G is not null))
            {
                HashSet<string> hidden = Defined(attribute.G);
                attribute.G = Renamed(attribute.G, name => hidden.Contains(name) ? name : rename(name));
            }
        }
        return copy;
    }
}
