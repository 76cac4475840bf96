using Latch.Import.Graph;

namespace Latch.Import.Passes.Cells;

/// <summary>
/// Finds a plain recurrent cell behind an activation: hidden = f(W x + R h' + b). A dense layer over joined values looks the same, so only an activation counts
/// whose result a loop or a state hands on, and only a vector that was handed on is h'.
/// </summary>
internal sealed class RnnMatcher(PassGraph graph, CellAlgebra algebra, FoundCells found)
{
    private readonly HashSet<string> _after = [.. graph.Loops.SelectMany(loop => loop.Carried).SelectMany(names => names), .. graph.States.Select(pair => pair.Output)];
    private readonly HashSet<string> _before = [.. graph.Loops.SelectMany(loop => loop.Starts), .. graph.States.Select(pair => pair.Input)];

    public CellParts? Match(ActivationNode node)
    {
        if (!IsHandedOn(node.Output) || algebra.Activated(Elements.All(graph, node.Output)) is not { } activated)
            return null;
        if (LinearForm.Of(activated.Of, algebra, graph) is not { } form || form.Scaled.Any())
            return null;
        if (form.Sources.Where(source => source.Count == form.Count && IsPrevious(source)).ToArray() is not [{ } hidden])
            return null;
        return new CellParts { Kind = CellKind.Rnn, Activations = [activated.Function], Gates = [form], Hidden = hidden, NewHidden = node.Output };
    }

    private bool IsHandedOn(string value) => _after.Contains(value) || graph.Readers(value).Any(reader => reader is MovementNode && IsHandedOn(reader.Outputs[0]));

    private bool IsPrevious(Elements source) => _before.Contains(source.Value)
        || (found.Of(source.Value) is { Parts.Kind: CellKind.Rnn } before && before.Parts.NewHidden == source.Value)
        || (graph.Constant(source.Value) is { } constant && source.At.All(at => constant.Data[at] == 0));
}
