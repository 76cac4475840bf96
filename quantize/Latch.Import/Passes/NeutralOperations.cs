using Latch.Import.Graph;

namespace Latch.Import.Passes;

/// <summary>Removes what does nothing: sums with zero, products with one. A product with zero is a constant (that the other side is finite is taken for granted).</summary>
internal static class NeutralOperations
{
    public static void Remove(PassGraph graph)
    {
        while (graph.Nodes.Select(node => (Node: node, Value: Passed(graph, node))).FirstOrDefault(pair => pair.Value is not null) is { Node: { } node, Value: { } value })
        {
            string output = node.Outputs[0];
            graph.Exchange([node], new ReshapeNode(node.Name, value, output));
            if (!graph.IsOutput(output))
                graph.Redirect(new Dictionary<string, string> { [output] = value });
            graph.DropDead();
        }
        Zeros(graph);
    }

    /// <summary>The value that a node only passes on; null when it does something.</summary>
    private static string? Passed(PassGraph graph, GraphNode node) => node switch
    {
        BinaryNode { Operation: BinaryOperation.Add } n when IsAll(graph, n.Right, 0) => Same(graph, n.Left, n.Output),
        BinaryNode { Operation: BinaryOperation.Add } n when IsAll(graph, n.Left, 0) => Same(graph, n.Right, n.Output),
        BinaryNode { Operation: BinaryOperation.Sub } n when IsAll(graph, n.Right, 0) => Same(graph, n.Left, n.Output),
        BinaryNode { Operation: BinaryOperation.Mul or BinaryOperation.Div or BinaryOperation.Pow } n when IsAll(graph, n.Right, 1) => Same(graph, n.Left, n.Output),
        BinaryNode { Operation: BinaryOperation.Mul } n when IsAll(graph, n.Left, 1) => Same(graph, n.Right, n.Output),
        ActivationNode { Kind: ActivationKind.Affine, Alpha: 1, Beta: 0 } n => n.Input,
        _ => null,
    };

    private static void Zeros(PassGraph graph)
    {
        BinaryNode[] zeros = [.. graph.Nodes.OfType<BinaryNode>().Where(node => node.Operation == BinaryOperation.Mul && !graph.IsOutput(node.Output) && (IsAll(graph, node.Left, 0) || IsAll(graph, node.Right, 0)))];
        if (zeros.Length == 0)
            return;
        foreach (BinaryNode node in zeros)
            graph.MakeConstant(node.Output, new FloatTensor(graph.Shape(node.Output), new float[graph.Count(node.Output)]));
        graph.Exchange(zeros);
        ConstantNodes.Fold(graph);
        graph.DropDead();
        Remove(graph);
    }

    private static bool IsAll(PassGraph graph, string value, float number) => graph.Constant(value) is { } constant && constant.Data.All(x => x == number);

    private static string? Same(PassGraph graph, string value, string output) =>
        graph.Constant(value) is null && graph.Shape(value).AsSpan().SequenceEqual(graph.Shape(output)) ? value : null;
}
