using Latch.Import.Graph;
using Latch.Import.Reference;

namespace Latch.Import.Passes.Cells;

/// <summary>Writes vectors of a graph as polynomials, whatever nodes compute them: sums, products, factors and shifts are taken apart, movements are followed back.</summary>
internal sealed class CellAlgebra(PassGraph graph, FoundCells found)
{
    /// <summary>No cell nests its sums and products deeper.</summary>
    private const int Deepest = 64;

    private static readonly HashSet<ActivationKind> s_cellFunctions =
    [
        ActivationKind.Sigmoid, ActivationKind.Tanh, ActivationKind.Relu, ActivationKind.HardSigmoid, ActivationKind.LeakyRelu, ActivationKind.ThresholdedRelu,
        ActivationKind.ScaledTanh, ActivationKind.Elu, ActivationKind.Softsign, ActivationKind.Softplus,
    ];

    private readonly List<Elements> _atoms = [];
    private readonly Dictionary<string, int> _numbers = [];
    private readonly Dictionary<(string? Whole, string Elements), Polynomial> _expanded = [];
    private int _depth;

    /// <summary>The activation that hands on what it gets.</summary>
    public static RecurrentActivation Linear { get; } = new(ActivationKind.Affine, 1, 0);

    /// <summary>A value that is not taken apart, though a sum or product computes it.</summary>
    public string? Whole { get; set; }

    public ElementTrace Trace { get; } = new(graph);

    /// <summary>The elements that an atom stands for.</summary>
    public Elements Atom(int number) => _atoms[number];

    public Polynomial Expand(Elements elements)
    {
        if (Trace.Source(elements) is not { } source)
            return AsAtom(elements);
        if (source.Value == Whole || found.Of(source.Value) is not null || _depth == Deepest)
            return AsAtom(source);
        if (graph.Constant(source.Value) is { } constant)
            return Polynomial.Constant([.. source.At.Select(at => (double)constant.Data[at])]);
        if (!_expanded.TryGetValue((Whole, source.Key), out Polynomial? expanded))
        {
            _depth++;
            _expanded[(Whole, source.Key)] = expanded = TakenApart(source);
            _depth--;
        }
        return expanded;
    }

    /// <summary>Forgets what vectors come to: another one is no longer taken apart.</summary>
    public void Forget() => _expanded.Clear();

    private Polynomial TakenApart(Elements source)
    {
        Polynomial expanded = graph.Producer(source.Value) switch
        {
            BinaryNode { Operation: BinaryOperation.Add } node => Polynomial.Sum(Expand(Operand(node.Left, source)), Expand(Operand(node.Right, source))),
            BinaryNode { Operation: BinaryOperation.Sub } node => Polynomial.Sum(Expand(Operand(node.Left, source)), Expand(Operand(node.Right, source)), -1),
            BinaryNode { Operation: BinaryOperation.Mul } node => Product(node, source),
            BinaryNode { Operation: BinaryOperation.Div } node when graph.Constant(node.Right) is not null => Quotient(node, source),
            ActivationNode { Kind: ActivationKind.Affine } node => Shifted(Expand(source with { Value = node.Input }), _ => node.Alpha, _ => node.Beta),
            AffineNode node => Shifted(
                Expand(source with { Value = node.Input }), i => node.Scale.Data[Channel(node, source.At[i])], i => node.Shift.Data[Channel(node, source.At[i])]),
            _ => AsAtom(source),
        };
        return expanded.IsTooLong ? AsAtom(source) : expanded;
    }

    /// <summary>What an activation is taken of; null when the elements are no output of one that a cell can have.</summary>
    public (RecurrentActivation Function, Polynomial Of)? Activated(Elements elements)
    {
        if (Trace.Source(elements) is not { } source)
            return null;
        if (graph.Producer(source.Value) is ActivationNode node && s_cellFunctions.Contains(node.Kind))
            return Canonical(new RecurrentActivation(node.Kind, node.Alpha, node.Beta), Expand(source with { Value = node.Input }));
        return Clamped(source) is (0, 1, { } inner) ? Canonical(new RecurrentActivation(ActivationKind.HardSigmoid, 1, 0), Expand(inner)) : null;
    }

    /// <summary>As <see cref="Activated(Elements)"/>, with an activation of a gate: one between 0 and 1.</summary>
    public (RecurrentActivation Function, Polynomial Of)? Gate(Elements elements) =>
        Activated(elements) is { Function.Kind: ActivationKind.Sigmoid or ActivationKind.HardSigmoid } gate ? gate : null;

    /// <summary>A gate, when an atom is one.</summary>
    public (RecurrentActivation Function, Polynomial Of)? Gate(int atom) => Gate(_atoms[atom]);

    /// <summary>The operand's elements that meet elements of an element-wise result.</summary>
    public Elements Operand(string operand, Elements result)
    {
        int[]? map = IndexMap.Broadcast(graph.Shape(operand), graph.Shape(result.Value));
        return new Elements(operand, map is null ? result.At : [.. result.At.Select(at => map[at])]);
    }

    /// <summary>One spelling of hard sigmoids, 0.2 x + 0.5 between 0 and 1, so that the gates of one cell have the same function.</summary>
    private static (RecurrentActivation, Polynomial) Canonical(RecurrentActivation function, Polynomial of)
    {
        if (function.Kind != ActivationKind.HardSigmoid || function is { Alpha: 0.2f, Beta: 0.5f } || function.Alpha == 0)
            return (function, of);
        return (new RecurrentActivation(ActivationKind.HardSigmoid, 0.2f, 0.5f), Shifted(of, _ => function.Alpha / 0.2f, _ => (function.Beta - 0.5f) / 0.2f));
    }

    /// <summary>The bounds that Clip, Min, Max and Relu put on a vector, and the vector.</summary>
    private (float Low, float High, Elements Of) Clamped(Elements elements)
    {
        if (Trace.Source(elements) is not { } source)
            return (float.NegativeInfinity, float.PositiveInfinity, elements);
        (float low, float high, string? inner) = graph.Producer(source.Value) switch
        {
            ActivationNode { Kind: ActivationKind.Clip } node => (node.Alpha, node.Beta, node.Input),
            ActivationNode { Kind: ActivationKind.Relu } node => (0, float.PositiveInfinity, node.Input),
            BinaryNode { Operation: BinaryOperation.Max } node => (OneNumber(node) ?? float.NaN, float.PositiveInfinity, Computed(node)),
            BinaryNode { Operation: BinaryOperation.Min } node => (float.NegativeInfinity, OneNumber(node) ?? float.NaN, Computed(node)),
            _ => (float.NegativeInfinity, float.PositiveInfinity, null),
        };
        if (inner is null || float.IsNaN(low) || float.IsNaN(high))
            return (float.NegativeInfinity, float.PositiveInfinity, source);
        (float innerLow, float innerHigh, Elements of) = Clamped(Operand(inner, source));
        return innerLow <= high && innerHigh >= low ? (Math.Max(low, innerLow), Math.Min(high, innerHigh), of) : (low, high, Operand(inner, source));
    }

    private float? OneNumber(BinaryNode node) => (graph.Constant(node.Left) ?? graph.Constant(node.Right)) is { } constant && constant.Data.Distinct().Take(2).Count() == 1
        ? constant.Data[0]
        : null;

    private string Computed(BinaryNode node) => graph.Constant(node.Left) is null ? node.Left : node.Right;

    private Polynomial Product(BinaryNode node, Elements source)
    {
        Polynomial left = Expand(Operand(node.Left, source)), right = Expand(Operand(node.Right, source));
        return left.Terms.Count * right.Terms.Count > Polynomial.MostTerms || Degree(left) + Degree(right) > 4 ? AsAtom(source) : Polynomial.Product(left, right);
    }

    private static int Degree(Polynomial polynomial) => polynomial.Terms.Max(term => term.Atoms.Length);

    private Polynomial Quotient(BinaryNode node, Elements source)
    {
        Elements divisor = Operand(node.Right, source);
        float[] data = graph.Constant(node.Right)!.Data;
        return divisor.At.Any(at => data[at] == 0)
            ? AsAtom(source)
            : Expand(Operand(node.Left, source)).Scaled([.. divisor.At.Select(at => 1.0 / data[at])]);
    }

    private static Polynomial Shifted(Polynomial polynomial, Func<int, double> factor, Func<int, double> shift)
    {
        int count = polynomial.Terms[0].Factors.Length;
        double[] factors = [.. Enumerable.Range(0, count).Select(factor)];
        return Polynomial.Sum(polynomial.Scaled(factors), Polynomial.Constant([.. Enumerable.Range(0, count).Select(shift)]));
    }

    private int Channel(AffineNode node, int position)
    {
        int[] shape = graph.Shape(node.Input);
        return position / TensorShape.Count(shape.AsSpan(node.Axis + 1)) % shape[node.Axis];
    }

    private Polynomial AsAtom(Elements elements)
    {
        if (!_numbers.TryGetValue(elements.Key, out int number))
        {
            _numbers[elements.Key] = number = _atoms.Count;
            _atoms.Add(elements);
        }
        return Polynomial.Atom(number, elements.Count);
    }
}
