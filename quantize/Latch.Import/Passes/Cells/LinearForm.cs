using Latch.Import.Graph;

namespace Latch.Import.Passes.Cells;

/// <summary>A vector as a sum of matrices times vectors, factors times vectors, and a bias: what a gate of a cell takes its activation of.</summary>
internal sealed class LinearForm
{
    private readonly Dictionary<string, (Elements Source, double[] Matrix)> _products = [];
    private readonly Dictionary<string, (Elements Source, double[] Factors)> _factors = [];

    private LinearForm(int count) => Bias = new double[count];

    /// <summary>The number of elements.</summary>
    public int Count => Bias.Length;

    public double[] Bias { get; }

    /// <summary>The vectors that matrices multiply.</summary>
    public IEnumerable<Elements> Sources => _products.Values.Select(product => product.Source);

    /// <summary>The vectors that are multiplied element by element.</summary>
    public IEnumerable<Elements> Scaled => _factors.Values.Select(product => product.Source);

    /// <summary>The matrix of a source, row-major; zeros when it does not occur.</summary>
    public double[] Matrix(Elements source) => _products.TryGetValue(source.Key, out (Elements, double[] Matrix) found) ? found.Matrix : new double[Count * source.Count];

    /// <summary>The factors of a vector; null when it does not occur.</summary>
    public double[]? Factors(Elements source) => _factors.TryGetValue(source.Key, out (Elements, double[] Factors) found) ? found.Factors : null;

    /// <summary>The form without what a source adds to it.</summary>
    public LinearForm Without(Elements source)
    {
        LinearForm rest = new(Count);
        rest.AddBias(Bias);
        foreach ((string key, (Elements Source, double[] Factors) product) in _factors)
            rest._factors[key] = product;
        foreach ((string key, (Elements Source, double[] Matrix) product) in _products.Where(product => product.Key != source.Key))
            rest._products[key] = product;
        return rest;
    }

    /// <summary>What a source adds to the form.</summary>
    public LinearForm Only(Elements source)
    {
        LinearForm part = new(Count);
        part._products[source.Key] = _products[source.Key];
        return part;
    }

    /// <summary>The form of a polynomial; null when it has a product of two computed vectors.</summary>
    public static LinearForm? Of(Polynomial polynomial, CellAlgebra algebra, PassGraph graph)
    {
        if (!polynomial.IsLinear || polynomial.Terms.Count == 0)
            return null;
        LinearForm form = new(polynomial.Terms[0].Factors.Length);
        foreach (Term term in polynomial.Terms.Where(term => term.Factors.Any(factor => factor != 0)))
        {
            if (term.Atoms is [])
                form.AddBias(term.Factors);
            else
                form.Add(algebra.Atom(term.Atoms[0]), term.Factors, algebra, graph);
        }
        return form;
    }

    private void Add(Elements atom, double[] factors, CellAlgebra algebra, PassGraph graph)
    {
        if (graph.Producer(atom.Value) is DenseNode dense && AddDense(dense, atom, factors, algebra))
            return;
        if (graph.Producer(atom.Value) is MatMulNode product && graph.Constant(product.Left) is { Shape.Length: 2 } left && graph.Count(product.Right) == left.Shape[1])
        {
            AddProduct(left.Data, left.Shape[1], atom.At, factors, algebra.Trace.Sources(Elements.All(graph, product.Right)));
            return;
        }
        _factors[atom.Key] = (atom, Factors(atom) is { } known ? [.. known.Zip(factors, (a, b) => a + b)] : factors);
    }

    /// <summary>Rows of a dense node's weights times one row of its input.</summary>
    private bool AddDense(DenseNode dense, Elements atom, double[] factors, CellAlgebra algebra)
    {
        int outputs = dense.Weights.Shape[0];
        int inputs = dense.Weights.Shape[1];
        int row = atom.At[0] / outputs;
        if (atom.At.Any(at => at / outputs != row))
            return false;
        int[] weightRows = [.. atom.At.Select(at => at % outputs)];
        if (dense.Bias is { } bias)
            AddBias([.. weightRows.Select((at, i) => bias.Data[at] * factors[i])]);
        AddProduct(dense.Weights.Data, inputs, weightRows, factors, algebra.Trace.Sources(new Elements(dense.Input, [.. Enumerable.Range(row * inputs, inputs)])));
        return true;
    }

    private void AddProduct(float[] weights, int columns, int[] rows, double[] factors, IReadOnlyList<Elements> sources)
    {
        int first = 0;
        foreach (Elements source in sources)
        {
            double[] matrix = Matrix(source);
            for (int row = 0; row < rows.Length; row++)
            {
                for (int column = 0; column < source.Count; column++)
                    matrix[(row * source.Count) + column] += factors[row] * weights[(rows[row] * columns) + first + column];
            }
            _products[source.Key] = (source, matrix);
            first += source.Count;
        }
    }

    private void AddBias(double[] summand)
    {
        for (int i = 0; i < Bias.Length; i++)
            Bias[i] += summand[i];
    }
}
