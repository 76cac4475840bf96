using Latch.Import.Graph;
using Latch.Import.Operators;

namespace Latch.Import.Passes.Cells;

/// <summary>Refuses a loop that has not become a recurrent layer: unrolled it would be large, and would forget its state between steps.</summary>
internal static class LoopCheck
{
    public static void Check(PassGraph graph)
    {
        foreach (UnrolledLoop loop in graph.Loops)
        {
            string? computed = loop.Carried.SelectMany(names => names).FirstOrDefault(name => graph.Producer(name) is not (null or MovementNode or ConcatNode or ScatterNode or RecurrentNode));
            if (computed is null)
                continue;
            throw new ImportException(
                ImportErrorCode.UnsupportedForm,
                graph.Source,
                $"what it hands on ('{computed}') is not computed by an LSTM, GRU or RNN cell that can be recognised",
                loop.Node,
                loop.Operator,
                "body");
        }
    }
}
