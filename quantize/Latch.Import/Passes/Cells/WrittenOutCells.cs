using Latch.Import.Graph;

namespace Latch.Import.Passes.Cells;

/// <summary>Turns cells that are written out operator by operator back into recurrent nodes of one step.</summary>
internal static class WrittenOutCells
{
    /// <summary>A value with more elements is no state of a cell.</summary>
    private const int MostUnits = 1 << 14;

    /// <returns>The names of the cells' hidden states, in the order of the graph.</returns>
    public static IReadOnlyList<string> Recognise(PassGraph graph)
    {
        List<string> finals = [];
        CellWriter writer = new(graph);
        CellAlgebra algebra = new(graph);
        foreach (GraphNode node in graph.Nodes.Where(node => node is (BinaryNode or ActivationNode) && graph.Count(node.Outputs[0]) <= MostUnits).ToArray())
        {
            if (!ReferenceEquals(graph.Producer(node.Outputs[0]), node) || Match(graph, algebra, node) is not { } cell)
                continue;
            RecurrentNode found = writer.Write(cell);
            finals.Add(found.FinalH!);
            algebra = new CellAlgebra(graph);
        }
        graph.DropDead();
        return finals;
    }

    private static CellParts? Match(PassGraph graph, CellAlgebra algebra, GraphNode node) => node switch
    {
        BinaryNode binary => new LstmMatcher(graph, algebra).Match(binary) ?? new GruMatcher(graph, algebra).Match(binary),
        ActivationNode activation => new RnnMatcher(graph, algebra).Match(activation),
        _ => null,
    };
}
