using Latch.Import.Graph;

namespace Latch.Import.Passes.Cells;

/// <summary>Turns cells that are written out operator by operator back into recurrent nodes of one step.</summary>
internal static class WrittenOutCells
{
    public static void Recognise(PassGraph graph)
    {
        CellWriter writer = new(graph);
        CellAlgebra algebra = new(graph);
        foreach (BinaryNode node in graph.Nodes.OfType<BinaryNode>().ToArray())
        {
            if (!ReferenceEquals(graph.Producer(node.Output), node) || Match(graph, algebra, node) is not { } cell)
                continue;
            RecurrentNode found = writer.Write(cell);
            graph.Notes.Add($"{found.Cell.ToString().ToUpperInvariant()} of {found.HiddenSize} units, written out operator by operator, became the layer '{found.Name}'");
            algebra = new CellAlgebra(graph);
        }
        graph.DropDead();
    }

    private static CellParts? Match(PassGraph graph, CellAlgebra algebra, BinaryNode node) => new LstmMatcher(graph, algebra).Match(node);
}
