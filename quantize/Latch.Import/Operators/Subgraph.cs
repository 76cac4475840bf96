using Latch.Import.Folding;
using Latch.Import.Graph;
using Latch.Import.Onnx;

namespace Latch.Import.Operators;

/// <summary>
/// Brings the graph inside of a node (a branch of If, the body of Loop or Scan) into the graph around. Its values get names under a scope; names that are
/// not its own are values of the graph around. Its nodes keep their names, with a number where they come again.
/// </summary>
internal static class Subgraph
{
    /// <summary>Nodes that the bodies of all loops together may become.</summary>
    public const int MostNodes = 1 << 17;

    /// <summary>Lowers a subgraph and yields the values of its outputs.</summary>
    /// <param name="call">The node that holds it.</param>
    /// <param name="graph">The subgraph.</param>
    /// <param name="scope">What goes before the names of its values.</param>
    /// <param name="inputs">The values of its inputs, in order.</param>
    public static GraphValue[] Inline(OperatorCall call, GraphProto graph, string scope, IReadOnlyList<GraphValue> inputs)
    {
        if (graph.Input.Count != inputs.Count)
            throw call.Fail(ImportErrorCode.BrokenGraph, $"its inner graph has {graph.Input.Count} inputs, not {inputs.Count}");
        HashSet<string> own = SubgraphNames.Defined(graph);
        GraphProto scoped = SubgraphNames.Renamed(graph, name => own.Contains(name) ? $"{scope}/{name}" : name);
        GraphBuilder builder = call.Builder;
        for (int i = 0; i < inputs.Count; i++)
            builder.Define(scoped.Input[i].Name, inputs[i]);
        foreach (TensorProto tensor in scoped.Initializer)
            builder.Define(tensor.Name, TensorReader.Read(tensor, tensor.Name, builder.Source, builder.Files));
        IReadOnlyList<NodeProto> nodes = GraphOrder.Of(scoped, builder.Source, name => builder.Find(name) is not null);
        HashSet<string> read = [.. nodes.SelectMany(SubgraphNames.Read), .. scoped.Output.Select(output => output.Name)];
        foreach (NodeProto node in nodes)
        {
            CheckSupported(call, node);
            OperatorTable.Lower(new OperatorCall(node, call.Opset, builder, read));
        }
        if (builder.Nodes.Count > MostNodes)
            throw call.Fail(ImportErrorCode.UnsupportedForm, $"unrolled it has more than {MostNodes} operations; import fewer steps");
        return [.. scoped.Output.Select(output => builder.Find(output.Name)!)];
    }

    /// <summary>Makes the outputs of a node stand for values.</summary>
    public static void Write(OperatorCall call, IReadOnlyList<GraphValue> values)
    {
        for (int i = 0; i < values.Count; i++)
        {
            if (call.OptionalOutput(i) is not { } output)
                continue;
            if (!call.Builder.IsOutput(output) || values[i].IsConstant)
                call.Builder.Define(output, call.Builder.IsOutput(output) ? values[i] with { Name = output } : values[i]);
            else
                call.Emit(new ReshapeNode($"{call.Name}/{i}", values[i].Name, output), values[i].Shape);
        }
    }

    private static void CheckSupported(OperatorCall call, NodeProto node)
    {
        if (!OnnxReader.IsDefaultDomain(node.Domain) || !OperatorTable.Supports(node.OpType))
        {
            throw new ImportException(
                ImportErrorCode.UnsupportedOperator,
                call.Builder.Source,
                $"unsupported: {node.OpType}, inside of the node '{call.Name}' ({call.Operator}). Supported operators: {string.Join(", ", OperatorTable.Names)}",
                node.Name,
                node.OpType);
        }
    }
}
