using Latch.Import.Graph;
using Latch.Import.Operators;

namespace Latch.Import.Passes.Cells;

/// <summary>Refuses a loop that has not become recurrent layers: unrolled it would be large, and would forget its state between steps.</summary>
internal static class LoopCheck
{
    public static void Check(PassGraph graph)
    {
        foreach (UnrolledLoop loop in graph.Loops)
        {
            string? computed = loop.Carried.SelectMany(names => names).FirstOrDefault(name => graph.Producer(name) is not (null or MovementNode or ConcatNode or ScatterNode or RecurrentNode));
            if (computed is not null)
                throw Refusal(graph, loop, $"what it hands on ('{computed}') is not computed by an LSTM, GRU or RNN cell that can be recognised");
            string? read = loop.Carried.Count > 1 ? null : loop.Starts.Where(graph.Starts.ContainsKey).FirstOrDefault(start => IsReadBesideCells(graph, start));
            if (read is not null)
                throw Refusal(graph, loop, $"what a step before handed on ('{read}') is read by something else than the cell that computes it anew");
        }
    }

    /// <summary>
    /// Whether a state before the first step is more than what a layer starts from, or what a loop collects its results in. One step alone would compute with the
    /// state before the first one for ever.
    /// </summary>
    private static bool IsReadBesideCells(PassGraph graph, string value) => graph.IsOutput(value) || graph.Readers(value).Any(reader => reader switch
    {
        MovementNode or ConcatNode => IsReadBesideCells(graph, reader.Outputs[0]),
        RecurrentNode node => node.X == value,
        ScatterNode => false,
        _ => true,
    });

    private static ImportException Refusal(PassGraph graph, UnrolledLoop loop, string detail) =>
        new(ImportErrorCode.UnsupportedForm, graph.Source, detail, loop.Node, loop.Operator, "body");
}
