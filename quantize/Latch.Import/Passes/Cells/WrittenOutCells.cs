using Latch.Import.Graph;

namespace Latch.Import.Passes.Cells;

/// <summary>Finds cells that are written out operator by operator. The graph stays as it is.</summary>
internal sealed class WrittenOutCells
{
    /// <summary>A value with more elements is no state of a cell.</summary>
    private const int MostUnits = 1 << 14;

    private readonly PassGraph _graph;
    private readonly FoundCells _found = new();
    private readonly CellWeightStore _weights = new();
    private readonly CellAlgebra _algebra;
    private readonly LstmMatcher _lstms;
    private readonly GruMatcher _grus;
    private readonly RnnMatcher _rnns;

    private WrittenOutCells(PassGraph graph)
    {
        _graph = graph;
        _algebra = new CellAlgebra(graph, _found);
        _lstms = new LstmMatcher(graph, _algebra, new PreviousState(graph, _found));
        _grus = new GruMatcher(graph, _algebra);
        _rnns = new RnnMatcher(graph, _algebra, _found);
    }

    public static FoundCells Find(PassGraph graph)
    {
        WrittenOutCells pass = new(graph);
        foreach (GraphNode node in graph.Nodes.Where(node => node is (BinaryNode or ActivationNode) && graph.Count(node.Outputs[0]) <= MostUnits))
        {
            // A recurrent node has an input beside its state.
            if (pass._found.Of(node.Outputs[0]) is null && pass.Match(node) is { Inputs.Count: > 0 } cell)
                pass.Add(cell);
        }
        return pass._found;
    }

    private CellParts? Match(GraphNode node) => node switch
    {
        BinaryNode binary => _lstms.Match(binary) ?? _grus.Match(binary),
        ActivationNode activation => _rnns.Match(activation),
        _ => null,
    };

    private void Add(CellParts cell)
    {
        _found.Add(new FoundCell(cell, _weights.Of(cell)));
        _algebra.Forget();
    }
}
