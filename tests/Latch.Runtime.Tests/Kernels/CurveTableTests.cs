using System.Globalization;
using System.Text.RegularExpressions;
using Latch.Runtime.Kernels;
using Latch.Tests;

namespace Latch.Runtime.Tests.Kernels;

/// <summary>The tables recomputed from their formulas in decimal arithmetic (28 digits). LATCH_WRITE_TABLES=1 rewrites them.</summary>
public sealed class CurveTableTests
{
    private const decimal LogarithmOfTwo = 0.6931471805599453094172321215m;
    private const decimal SquareRootOfTwo = 1.4142135623730950488016887242m;
    private const decimal SquareRootOfPi = 1.7724538509055160272981674833m;

    private static readonly string s_path = Path.Combine(SharedData.Repository, "src", "Latch.Runtime", "Kernels", "CurveTables.cs");

    [Fact]
    public void Sigmoid_Table_EqualsItsFormula() =>
        Check("Sigmoid", u => Exp(u) / (1 + Exp(u)), CurveTables.Sigmoid, segments: 31);

    [Fact]
    public void Exponential_Table_EqualsItsFormula() => Check("Exponential", Exp, CurveTables.Exponential);

    [Fact]
    public void Softplus_Table_EqualsItsFormula() => Check("Softplus", u => LogOnePlus(Exp(u)), CurveTables.Softplus);

    [Fact]
    public void PowerOfTwo_Table_EqualsItsFormula() => Check("PowerOfTwo", u => Exp(-u / 16 * LogarithmOfTwo), CurveTables.PowerOfTwo);

    [Fact]
    public void LogOnePlus_Table_EqualsItsFormula() => Check("LogOnePlus", u => LogOnePlus(u / 16), CurveTables.LogOnePlus);

    [Fact]
    public void ErrorTail_Table_EqualsItsFormula() => Check("ErrorTail", u => 1 - ErrorFunction(u / 4), CurveTables.ErrorTail);

    [Fact]
    public void GeluTail_Table_EqualsItsFormula() => Check("GeluTail", u => u / 4 * (1 - ErrorFunction(u / 2 / SquareRootOfTwo)), CurveTables.GeluTail);

    [Fact]
    public void GeluTanhTail_Table_EqualsItsFormula() => Check("GeluTanhTail", u => GeluTanhTail(u / 2), CurveTables.GeluTanhTail);

    [Fact]
    public void ArctangentTail_Table_EqualsItsFormula() => Check("ArctangentTail", u => Arctangent((1 - (u / 16)) / (1 + (u / 16))), CurveTables.ArctangentTail);

    [Fact]
    public void LogarithmOfTwo_Constant_EqualsItsFormula() =>
        Assert.Equal(Activation.LogarithmOfTwo, (int)Math.Round(LogOnePlus(1) * (1 << 24)));

    // v (1 - tanh w) / 2 = v / (1 + e^2w)
    private static decimal GeluTanhTail(decimal v)
    {
        decimal decay = Exp(2 * 0.7978845608028653558798921199m * (v + (0.044715m * v * v * v)));
        return v * decay / (1 + decay);
    }

    /// <summary>The segments beyond the given number are zero.</summary>
    private static void Check(string name, Func<decimal, decimal> function, ReadOnlySpan<int> table, int segments = 32)
    {
        int[] expected = [.. Enumerable.Range(0, segments).SelectMany(segment => Segment(function, segment)), .. new int[4 * (32 - segments)]];
        if (Environment.GetEnvironmentVariable("LATCH_WRITE_TABLES") == "1")
            Write(name, expected);
        Assert.Equal(expected, table.ToArray());
    }

    /// <summary>The cubic through the function at 0, 1/4, 3/4 and 1 of a segment, in divided differences.</summary>
    private static int[] Segment(Func<decimal, decimal> function, int segment)
    {
        decimal[] node = [0, 0.25m, 0.75m, 1];
        decimal[] c = [.. node.Select(t => function((segment + t) / 2))];
        for (int order = 1; order < 4; order++)
        {
            for (int i = 3; i >= order; i--)
                c[i] = (c[i] - c[i - 1]) / (node[i] - node[i - order]);
        }
        // c0 + c1 t + c2 t (t - 1/4) + c3 t (t - 1/4) (t - 3/4)
        decimal[] power = [c[0], c[1] - (c[2] / 4) + (3 * c[3] / 16), c[2] - c[3], c[3]];
        int[] bits = [24, 21, 24, 24];
        decimal[] raise = [0, 0.5m, 0.5m, 0];
        return [.. power.Select((value, i) => (int)Math.Round((value * (1 << bits[i])) + raise[i], MidpointRounding.AwayFromZero))];
    }

    /// <summary>e^-u by its series at u/64, squared six times.</summary>
    private static decimal Exp(decimal u)
    {
        decimal x = -u / 64, term = 1, sum = 1;
        for (int i = 1; i < 30; i++)
        {
            term *= x / i;
            sum += term;
        }
        for (int i = 0; i < 6; i++)
            sum *= sum;
        return sum;
    }

    /// <summary>ln(1 + v) for v in [0, 1]: 2 artanh(v / (2 + v)).</summary>
    private static decimal LogOnePlus(decimal v)
    {
        decimal x = v / (2 + v), power = x, sum = 0;
        for (int i = 1; i < 60; i += 2)
        {
            sum += power / i;
            power *= x * x;
        }
        return 2 * sum;
    }

    /// <summary>erf x = 2/sqrt(pi) e^-x^2 sum of 2^n x^(2n+1) / (2n+1)!!, every term positive.</summary>
    private static decimal ErrorFunction(decimal x)
    {
        decimal term = x, sum = 0;
        for (int n = 0; n < 200; n++)
        {
            sum += term;
            term *= 2 * x * x / ((2 * n) + 3);
        }
        return 2 / SquareRootOfPi * Exp(x * x) * sum;
    }

    /// <summary>arctan v for v in [0, 1] = sum of 2^2n n!^2 / (2n+1)! v^(2n+1) / (1+v^2)^(n+1), every term positive. pi/4 - arctan v is that of (1-v) / (1+v).</summary>
    private static decimal Arctangent(decimal v)
    {
        decimal factor = v * v / (1 + (v * v)), term = v / (1 + (v * v)), sum = 0;
        for (int n = 1; n < 120; n++)
        {
            sum += term;
            term *= factor * 2 * n / ((2 * n) + 1);
        }
        return sum;
    }

    private static void Write(string name, int[] table)
    {
        IEnumerable<string> lines = table.Chunk(4).Select(row => string.Join(", ", row.Select(value => value.ToString(CultureInfo.InvariantCulture))));
        string text = string.Concat(lines.Select(line => $"        {line},\n"));
        string source = File.ReadAllText(s_path);
        File.WriteAllText(s_path, Regex.Replace(source, $@"(ReadOnlySpan<int> {name} =>\n    \[\n)[^\]]*(    \];)", $"${{1}}{text}${{2}}"));
    }
}
