using Latch.Import.Graph;

namespace Latch.Import.Passes.Cells;

/// <summary>
/// Finds an LSTM cell behind a product: hidden = o h(c) with c = f c' + i k, where i, o and f are activations between 0 and 1 of linear forms, and k is one
/// of an activation. Names and the order of the gates do not count.
/// </summary>
internal sealed class LstmMatcher(PassGraph graph, CellAlgebra algebra, PreviousState previous)
{
    public CellParts? Match(BinaryNode product)
    {
        if (product.Operation != BinaryOperation.Mul)
            return null;
        Elements result = Elements.All(graph, product.Output);
        Elements left = algebra.Operand(product.Left, result), right = algebra.Operand(product.Right, result);
        return Match(product.Output, left, right) ?? Match(product.Output, right, left);
    }

    private CellParts? Match(string newHidden, Elements gate, Elements activatedCell)
    {
        if (Activated(activatedCell) is not (var function, { } newCell) || !newCell.IsAll(graph) || OutputGate(gate, newCell) is not { } output)
            return null;
        if (Sum(algebra.Expand(newCell)) is not { } sum)
            return null;
        if (sum.Forget.Function != sum.Input.Function || sum.Forget.Function != output.Function)
            return null;
        LinearForm?[] forms = [.. new[] { sum.Input.Of, output.Of, sum.Forget.Of, sum.Candidate.Of }.Select(of => LinearForm.Of(of, algebra, graph))];
        if (forms.Any(form => form is null) || !PeepholesFit(forms!, sum.Cell, newCell))
            return null;
        if (previous.Find(sum.Cell, forms.SelectMany(form => form!.Sources), newCell.Count) is not { } hidden)
            return null;
        return new CellParts
        {
            Kind = CellKind.Lstm,
            Activations = [sum.Forget.Function, sum.Candidate.Function, function],
            Gates = forms!,
            Hidden = hidden,
            Cell = sum.Cell,
            NewHidden = newHidden,
            NewCell = newCell.Value,
        };
    }

    /// <summary>The output gate; it may look at the new cell state, which is one vector to it.</summary>
    private (RecurrentActivation Function, Polynomial Of)? OutputGate(Elements gate, Elements newCell)
    {
        algebra.Whole = newCell.Value;
        (RecurrentActivation Function, Polynomial Of)? output = algebra.Gate(gate);
        algebra.Whole = null;
        return output;
    }

    /// <summary>The activation of the new cell state, and where that is.</summary>
    private (RecurrentActivation Function, Elements? Cell) Activated(Elements elements)
    {
        if (algebra.Trace.Source(elements) is not { } source)
            return (CellAlgebra.Linear, null);
        if (graph.Producer(source.Value) is ActivationNode node && algebra.Activated(elements) is { } activated)
            return (activated.Function, algebra.Trace.Source(source with { Value = node.Input }));
        return (CellAlgebra.Linear, source);
    }

    private CellSum? Sum(Polynomial cell)
    {
        int[] gates = [.. cell.Terms.SelectMany(term => term.Atoms).Distinct().Where(atom => algebra.Gate(atom) is not null)];
        foreach (int forget in gates)
        {
            foreach (int input in gates.Where(gate => gate != forget))
            {
                if (Sum(cell, forget, input) is { } sum)
                    return sum;
            }
        }
        return null;
    }

    private CellSum? Sum(Polynomial cell, int forget, int input)
    {
        if (cell.Split(forget) is not { } first || first.Others.Split(input) is not { } second || second.Others.Terms.Count > 0)
            return null;
        if (Previous(first.Beside) is not { } state || Candidate(second.Beside) is not { } candidate)
            return null;
        return new CellSum(algebra.Gate(forget)!.Value, algebra.Gate(input)!.Value, candidate, state);
    }

    /// <summary>The cell state of the step before: one vector, computed, given or constant; no gate.</summary>
    private Elements? Previous(Polynomial beside)
    {
        if (beside.AsAtom() is int atom)
            return algebra.Gate(atom) is null && algebra.Activated(algebra.Atom(atom)) is null ? algebra.Atom(atom) : null;
        if (beside.AsConstant() is not { } constant)
            return null;
        string name = graph.Define("initial_c", [constant.Length], new FloatTensor([constant.Length], [.. constant.Select(x => (float)x)]));
        return Elements.All(graph, name);
    }

    private (RecurrentActivation Function, Polynomial Of)? Candidate(Polynomial beside) => beside.AsAtom() is int atom && algebra.Activated(algebra.Atom(atom)) is { } activated
        ? activated
        : beside.IsLinear && beside.Terms.Count > 0 ? (CellAlgebra.Linear, beside) : null;

    /// <summary>Vectors that are multiplied element by element are peepholes: of the cell state before in i and f, of the new one in o, none in the candidate.</summary>
    private static bool PeepholesFit(LinearForm[] forms, Elements cell, Elements newCell)
    {
        string[] allowed = [cell.Key, newCell.Key, cell.Key, ""];
        return forms.Zip(allowed, (form, key) => form.Scaled.All(vector => vector.Key == key)).All(fits => fits);
    }

    private sealed record CellSum(
        (RecurrentActivation Function, Polynomial Of) Forget, (RecurrentActivation Function, Polynomial Of) Input, (RecurrentActivation Function, Polynomial Of) Candidate, Elements Cell);
}
