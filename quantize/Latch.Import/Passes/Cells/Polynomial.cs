namespace Latch.Import.Passes.Cells;

/// <summary>
/// A vector as a sum of products of vectors, element by element: each term is a vector of factors times some atoms (vectors that are no sums or products
/// themselves, by number). Terms whose factors are zero stay: a zero may stand for a state before the first step.
/// </summary>
/// <param name="Terms">The terms; no two have the same atoms.</param>
internal sealed record Polynomial(IReadOnlyList<Term> Terms)
{
    /// <summary>Longer sums are not taken apart: no cell has as many.</summary>
    public const int MostTerms = 24;

    public bool IsTooLong => Terms.Count > MostTerms;

    public static Polynomial Constant(double[] values) => new([new Term([], values)]);

    public static Polynomial Atom(int atom, int count) => new([new Term([atom], [.. Enumerable.Repeat(1.0, count)])]);

    public static Polynomial Sum(Polynomial left, Polynomial right, double sign = 1)
    {
        List<Term> terms = [.. left.Terms];
        foreach (Term term in right.Terms)
        {
            double[] factors = [.. term.Factors.Select(factor => sign * factor)];
            int same = terms.FindIndex(other => other.Atoms.AsSpan().SequenceEqual(term.Atoms));
            if (same < 0)
                terms.Add(new Term(term.Atoms, factors));
            else
                terms[same] = new Term(term.Atoms, [.. terms[same].Factors.Zip(factors, (a, b) => a + b)]);
        }
        return new Polynomial(terms);
    }

    public static Polynomial Product(Polynomial left, Polynomial right)
    {
        Polynomial product = new([]);
        foreach (Term a in left.Terms)
        {
            foreach (Term b in right.Terms)
                product = Sum(product, new Polynomial([new Term([.. a.Atoms.Concat(b.Atoms).Order()], [.. a.Factors.Zip(b.Factors, (x, y) => x * y)])]));
        }
        return product;
    }

    public Polynomial Scaled(double[] factors) => new([.. Terms.Select(term => new Term(term.Atoms, [.. term.Factors.Zip(factors, (a, b) => a * b)]))]);

    /// <summary>What stands beside an atom in the terms that have it once, and the terms that do not have it; null when a term has it more often.</summary>
    public (Polynomial Beside, Polynomial Others)? Split(int atom)
    {
        if (Terms.Any(term => term.Atoms.Count(own => own == atom) > 1))
            return null;
        ILookup<bool, Term> parts = Terms.ToLookup(term => term.Atoms.Contains(atom));
        return (new Polynomial([.. parts[true].Select(term => new Term([.. term.Atoms.Where(own => own != atom)], term.Factors))]), new Polynomial([.. parts[false]]));
    }

    /// <summary>The atom that this is, with all factors 1; null for anything else. Terms of zeros do not count.</summary>
    public int? AsAtom() => Terms.Where(term => term.Factors.Any(factor => factor != 0)).ToArray() is [{ Atoms: [int atom] } term] && term.Factors.All(factor => factor == 1) ? atom : null;

    /// <summary>The numbers that this is; null when an atom counts.</summary>
    public double[]? AsConstant() => Terms.Count == 0 || Terms.Any(term => term.Atoms.Length > 0 && term.Factors.Any(factor => factor != 0))
        ? null
        : Terms.FirstOrDefault(term => term.Atoms.Length == 0)?.Factors ?? new double[Terms[0].Factors.Length];

    /// <summary>Whether no term has more than one atom.</summary>
    public bool IsLinear => Terms.All(term => term.Atoms.Length <= 1);
}

/// <summary>One product.</summary>
/// <param name="Atoms">Numbers of the atoms, ascending.</param>
/// <param name="Factors">One factor per element.</param>
internal sealed record Term(int[] Atoms, double[] Factors);
