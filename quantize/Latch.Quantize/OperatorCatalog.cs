using System.Globalization;
using System.Text;

namespace Latch.Quantize;

/// <summary>
/// The integer form of one kind of node. Its error is that of one operation whose inputs are taken as their codes say and whose weights as rounded: at most
/// <paramref name="Codes"/> steps of the output's codes and <paramref name="Absolute"/> in real numbers, as long as the output's codes reach.
/// </summary>
/// <param name="Node">Type of the graph node, without "Node".</param>
/// <param name="Kind">Its operation; empty when the node has one only.</param>
/// <param name="Formats">Element types of inputs, constants and output.</param>
/// <param name="Rounding">Where it rounds.</param>
/// <param name="Codes">Largest error, in codes of the output; NaN for a layer with states, whose error is judged over a sequence.</param>
/// <param name="Absolute">Largest error on top of that, in real numbers.</param>
/// <param name="Limits">What it does not take in; empty for nothing.</param>
internal sealed record IntegerOperator(string Node, string Kind, string Formats, string Rounding, double Codes, double Absolute = 0, string Limits = "")
{
    /// <summary>Names the entry: the node, and the kind after a point.</summary>
    public string Key => Kind.Length == 0 ? Node : $"{Node}.{Kind}";

    /// <summary>The largest error in words.</summary>
    public string Error
    {
        get
        {
            if (double.IsNaN(Codes))
                return string.Create(CultureInfo.InvariantCulture, $"{100 * OperatorCatalog.RecurrentNarrow} % of the signal over a sequence with int8 codes, {100 * OperatorCatalog.RecurrentWide} % with int16");
            string codes = Codes == 0 ? "" : $"{Codes.ToString("0.##", CultureInfo.InvariantCulture)} codes";
            string absolute = Absolute == 0 ? "" : Absolute.ToString("0.0E+0", CultureInfo.InvariantCulture).Replace("E", "e", StringComparison.Ordinal);
            return (codes.Length, absolute.Length) switch { (0, 0) => "0", (_, 0) => codes, (0, _) => absolute, _ => $"{codes} + {absolute}" };
        }
    }
}

/// <summary>Every kind of graph node with its integer form: the source of quantize/OPERATORS.md.</summary>
internal static class OperatorCatalog
{
    /// <summary>Largest root-mean-square error of small recurrent networks against float, int8 codes: a share of the signal.</summary>
    public const double RecurrentNarrow = 0.03;

    /// <summary>The same with int16 codes.</summary>
    public const double RecurrentWide = 0.001;

    private const string Any = "int8 or int16";
    private const string Whole = "int16 of scale 1";
    private const string Row = "x int8 (int16 when widened), w int8 per row, b int32; y int8 or int16";
    private const string Once = "once";
    private const string Moved = "none: codes are moved";

    // Half a code, and what multipliers of 31 bits and biases of 7 fraction bits add.
    private const double Half = 0.51;

    /// <summary>All entries, in the order of the page.</summary>
    public static IReadOnlyList<IntegerOperator> All { get; } =
    [
        new("Recurrent", "", "x and h int8 (int16 when widened), W and R int8 per row; gates Q7.24, cell 32 bits, h 32 bits; y int8 or int16", "the sum once, gates and states in Q.24 (NUMERICS.md 3 to 5)", double.NaN),
        new("Dense", "", Row, "once; with a fused activation the sum to Q.13, the value to codes", Half),
        new("Conv", "", Row, "as Dense", Half, 0, "one or two spatial axes; a group of fewer than 16 channels out costs as 16 would"),
        new("ConvTranspose", "", Row, "as Dense", Half, 0, "one or two spatial axes; costs stride times the products it needs"),
        new("MatMul", "", Any, Once, Half),
        new("Binary", "Add", Any, Once, Half),
        new("Binary", "Sub", Any, Once, Half),
        new("Binary", "Mul", Any, Once, Half),
        new("Binary", "Div", Any, Once, Half, 0, "x / 0 is the largest code"),
        new("Binary", "Pow", Any, Once, Half, 0, "constant exponent 2"),
        new("Binary", "Max", Any, Once, Half),
        new("Binary", "Min", Any, Once, Half),
        new("Affine", "", "x and y int8 or int16, factors 31 bits, shifts int32", Once, Half),
        .. Activations,
        new("Pool", "Max", Any, Moved, 0),
        new("Pool", "Average", Any, Once, Half),
        new("Pool", "AverageWithPadding", Any, Once, Half),
        new("Softmax", "", Any, "the argument to Q.13, e^-u and the share in Q.24, the result once", Half, 1e-4),
        new("Softmax", "Log", Any, "the argument to Q.13, the logarithm to Q.16, the result once", Half, 1e-4),
        .. Reductions,
        new("LayerNorm", "", "x and y int8 or int16, gain 31 bits, bias int32", "the root r down to a whole number, the normalised value to Q.22, the result once", Half, 1e-4, "the part beyond the codes is 1/r of the value; r is n times the deviation in codes"),
        new("Compare", "Equal", $"{Any}; y {Whole}", "none: the real numbers of the codes are compared; a constant takes the other side's codes", 0),
        new("Compare", "Less", $"{Any}; y {Whole}", "as Equal", 0),
        new("Compare", "LessOrEqual", $"{Any}; y {Whole}", "as Equal", 0),
        new("Where", "", Any, "once; none where codes are shared", Half),
        new("ArgMax", "", $"x int8 or int16; y {Whole}", "none: the first of equal codes", 0),
        new("Embedding", "", $"indices {Whole}; table and y int8 (int16 when widened) over the table's range", "the table once (half a code, up to one at the ends of the range)", 1, 0, "up to 32768 rows"),
        new("Pick", "", Any, Moved, 0),
        new("Scatter", "", Any, "once; none where codes are shared", Half),
        new("Concat", "", Any, "once; none where codes are shared", Half),
        new("Reshape", "", Any, "none: nothing is moved", 0),
        new("Transpose", "", Any, Moved, 0),
        new("Slice", "", Any, Moved, 0),
        new("Gather", "", Any, Moved, 0),
        new("Expand", "", Any, Moved, 0),
        new("Tile", "", Any, Moved, 0),
    ];

    // The argument rounded to Q.13 moves the value by the function's steepness times 2^-14 = 6.1e-5; section 10 has what the curve adds.
    private static IEnumerable<IntegerOperator> Activations =>
    [
        Curve("Sigmoid", 2.1e-5),
        Curve("Tanh", 7.2e-5),
        Codes("Relu"),
        Codes("LeakyRelu"),
        Codes("PRelu"),
        Straight("ThresholdedRelu", 6.2e-5, "a jump at the threshold"),
        Straight("HardSigmoid", 1.3e-5, "slope up to 0.2; in proportion beyond"),
        Straight("ScaledTanh", 1.9e-4, "a up to 1.5, a b up to 1; in proportion beyond"),
        Straight("Affine", 1.3e-4, "a up to 2; in proportion beyond"),
        Straight("Elu", 9.4e-5, "a up to 1; in proportion beyond"),
        Straight("Softsign", 6.2e-5),
        Straight("Softplus", 6.7e-5),
        Codes("Clip"),
        new("Activation", "Exp", Any, "the power of two to Q.17, the result once", Half + 0.1, 0, "the 0.1 code is 3e-6 of the value"),
        new("Activation", "Log", Any, "Q.24, the result once; codes of at most 0 count as half a code", Half, 1e-6),
        new("Activation", "Sqrt", Any, "the root of a code cut to Q.22, the result once", Half),
        new("Activation", "Reciprocal", Any, Once, Half, 0, "1 / 0 is the largest code"),
        Codes("Abs"),
        Straight("Gelu", 7.4e-5),
        Straight("GeluTanh", 7.4e-5),
        Straight("HardSwish", 9.3e-5),
        Curve("Erf", 7.0e-5),
        Straight("Atan", 6.6e-5),
    ];

    private static IEnumerable<IntegerOperator> Reductions =>
    [
        Reduction("Sum", Once, Half),
        Reduction("Mean", Once, Half),
        Reduction("Max", Once, Half),
        Reduction("Min", Once, Half),
        Reduction("Prod", "once per factor: half a code of the largest product possible each", 8, 0, "up to 8 elements; inputs whose products come near the largest possible"),
        Reduction("L1", Once, Half),
        Reduction("L2", "the root of the sum cut to Q.8 of a code, the result once", Half + 0.04),
        Reduction("SumSquare", Once, Half),
        Reduction("LogSum", "the sum to 16 bits, then as Log", 4, 0, "of sums near the largest"),
        Reduction("LogSumExp", "largest, differences, e^x, sum and its logarithm to 16 bits each", 2, 2e-3),
    ];

    /// <summary>The page as text.</summary>
    public static string ToMarkdown()
    {
        var page = new StringBuilder();
        page.Append("# Operators in integers\n\n");
        page.Append("Written from `OperatorCatalog.cs` by a test (LATCH_APPROVE=1 rewrites it), which also measures every figure, on outputs of 16-bit codes and inputs of 8-bit ones where weights multiply them (recurrent layers, and outputs of 8-bit codes, over whole networks). Formulas are in `src/Latch.Runtime/NUMERICS.md`.\n");
        page.Append("The error is the operation's own, inputs and weights taken as their codes say: codes are steps of the output, the rest is in real numbers.\n");
        page.Append("Every output is limited to its codes. int16 covers twice the calibrated range, int8 the range itself.\n\n");
        page.Append("| node | kind | formats | rounds | largest error | limits |\n|---|---|---|---|---|---|\n");
        foreach (IntegerOperator entry in All)
            page.Append(CultureInfo.InvariantCulture, $"| {entry.Node} | {entry.Kind} | {entry.Formats} | {entry.Rounding} | {entry.Error} | {entry.Limits} |\n");
        return page.ToString();
    }

    private static IntegerOperator Codes(string kind) => new("Activation", kind, Any, "once, from codes to codes", Half);

    private static IntegerOperator Curve(string kind, double absolute) => new("Activation", kind, Any, "the argument to Q.13, the value in Q.24, the result once", Half, absolute);

    private static IntegerOperator Straight(string kind, double absolute, string limits = "") =>
        new("Activation", kind, Any, "the argument to Q.13, the value in Q.24, the result once", Half, absolute, limits.Length == 0 ? "x within +-128" : $"x within +-128; {limits}");

    private static IntegerOperator Reduction(string kind, string rounding, double codes, double absolute = 0, string limits = "") => new("Reduce", kind, Any, rounding, codes, absolute, limits);
}
