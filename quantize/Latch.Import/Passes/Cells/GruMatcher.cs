using Latch.Import.Graph;

namespace Latch.Import.Passes.Cells;

/// <summary>
/// Finds a GRU cell behind a sum: hidden = n + z (h' - n), or with the roles of z exchanged, in any spelling; n is an activation of a linear form in which the
/// reset gate multiplies either the hidden state (r h') or the recurrent sum (r (R h' + b)).
/// </summary>
internal sealed class GruMatcher(PassGraph graph, CellAlgebra algebra)
{
    public CellParts? Match(BinaryNode sum)
    {
        if (sum.Operation is not (BinaryOperation.Add or BinaryOperation.Sub))
            return null;
        Polynomial hidden = algebra.Expand(Elements.All(graph, sum.Output));
        foreach (int update in hidden.Terms.SelectMany(term => term.Atoms).Distinct().Where(atom => algebra.Gate(atom) is not null))
        {
            if (hidden.Split(update) is not { Beside.Terms.Count: > 0, Others.Terms.Count: > 0 } split)
                continue;
            (RecurrentActivation function, Polynomial of) = algebra.Gate(update)!.Value;
            Polynomial all = Polynomial.Sum(split.Others, split.Beside);
            CellParts? cell = Match(sum.Output, (function, of), before: all, candidate: split.Others)
                ?? Match(sum.Output, (function, of.Scaled([.. Enumerable.Repeat(-1.0, graph.Count(sum.Output))])), before: split.Others, candidate: all);
            if (cell is not null)
                return cell;
        }
        return null;
    }

    private CellParts? Match(string newHidden, (RecurrentActivation Function, Polynomial Of) update, Polynomial before, Polynomial candidate)
    {
        if (Previous(before) is not { } previous || Activated(candidate) is not { } activated)
            return null;
        return Inside(activated.Of, previous, reset => Parts(newHidden, update, activated.Function, reset, previous))
            ?? Outside(activated.Of, previous, reset => Parts(newHidden, update, activated.Function, reset, previous));
    }

    /// <summary>The hidden state of the step before: one vector that is no activation, or zeros.</summary>
    private PreviousHidden? Previous(Polynomial before)
    {
        if (before.AsAtom() is int atom)
            return algebra.Activated(algebra.Atom(atom)) is null && graph.Producer(algebra.Atom(atom).Value) is not DenseNode ? new PreviousHidden(atom) : null;
        return before.AsConstant() is { } constant && constant.All(x => x == 0) ? new PreviousHidden(null) : null;
    }

    private (RecurrentActivation Function, Polynomial Of)? Activated(Polynomial candidate) =>
        candidate.AsAtom() is int atom && algebra.Activated(algebra.Atom(atom)) is { } activated ? activated : (CellAlgebra.Linear, candidate);

    /// <summary>Reset before the product: a matrix multiplies r h'.</summary>
    private CellParts? Inside(Polynomial candidate, PreviousHidden previous, Func<ResetPart, CellParts?> finish)
    {
        if (LinearForm.Of(candidate, algebra, graph) is not { } form)
            return null;
        foreach (Elements source in form.Sources)
        {
            Polynomial product = algebra.Expand(source);
            foreach (int reset in product.Terms.SelectMany(term => term.Atoms).Distinct().Where(atom => algebra.Gate(atom) is not null))
            {
                if (product.Split(reset) is { Others.Terms.Count: 0 } split && previous.IsSame(split.Beside))
                    return finish(new ResetPart(reset, form.Without(source), form.Only(source), LinearBeforeReset: false));
            }
        }
        return null;
    }

    /// <summary>Reset after the product: r multiplies a linear form of h' alone.</summary>
    private CellParts? Outside(Polynomial candidate, PreviousHidden previous, Func<ResetPart, CellParts?> finish)
    {
        foreach (int reset in candidate.Terms.SelectMany(term => term.Atoms).Distinct().Where(atom => algebra.Gate(atom) is not null))
        {
            if (candidate.Split(reset) is not { Beside.Terms.Count: > 0 } split || LinearForm.Of(split.Beside, algebra, graph) is not { } inner)
                continue;
            if (LinearForm.Of(split.Others, algebra, graph) is { } outer && inner.Sources.ToArray() is [{ } only] && previous.IsSame(only, algebra, graph))
                return finish(new ResetPart(reset, outer, inner, LinearBeforeReset: true));
        }
        return null;
    }

    private CellParts? Parts(
        string newHidden, (RecurrentActivation Function, Polynomial Of) update, RecurrentActivation candidateFunction, ResetPart reset, PreviousHidden previous)
    {
        (RecurrentActivation resetFunction, Polynomial resetOf) = algebra.Gate(reset.Gate)!.Value;
        LinearForm? z = LinearForm.Of(update.Of, algebra, graph), r = LinearForm.Of(resetOf, algebra, graph);
        if (z is null || r is null || resetFunction != update.Function)
            return null;
        LinearForm[] gates = [z, r, reset.Outer];
        if (gates.Append(reset.Inner).Any(form => form.Scaled.Any()))
            return null;
        // A path from the hidden state around the reset gate: no GRU has one.
        if (reset.Outer.Sources.Any(source => previous.IsSame(source, algebra, graph)))
            return null;
        if (z.Sources.Concat(r.Sources).FirstOrDefault(source => previous.IsSame(source, algebra, graph)) is not { } hidden || hidden.Count != z.Count)
            return null;
        return new CellParts
        {
            Kind = CellKind.Gru,
            Activations = [update.Function, candidateFunction],
            Gates = gates,
            Hidden = hidden,
            NewHidden = newHidden,
            Reset = reset.Inner,
            LinearBeforeReset = reset.LinearBeforeReset,
        };
    }

    /// <summary>The hidden state of the step before, by its atom; null for zeros.</summary>
    private sealed record PreviousHidden(int? Atom)
    {
        public bool IsSame(Polynomial vector) => Atom is int atom ? vector.AsAtom() == atom : vector.AsConstant() is { } constant && constant.All(x => x == 0);

        public bool IsSame(Elements source, CellAlgebra algebra, PassGraph graph) => Atom is int atom
            ? algebra.Atom(atom).Key == source.Key
            : graph.Constant(source.Value) is { } constant && source.At.All(at => constant.Data[at] == 0);
    }

    /// <summary>A reset gate, what is outside of it, and what it multiplies.</summary>
    private sealed record ResetPart(int Gate, LinearForm Outer, LinearForm Inner, bool LinearBeforeReset);
}
