using System.Globalization;
using System.Text.RegularExpressions;
using Latch.Runtime.Kernels;
using Latch.Tests;

namespace Latch.Runtime.Tests.Kernels;

/// <summary>The tables recomputed from their formulas in decimal arithmetic (28 digits). LATCH_WRITE_TABLES=1 rewrites them.</summary>
public sealed class CurveTableTests
{
    private static readonly string s_path = Path.Combine(SharedData.Repository, "src", "Latch.Runtime", "Kernels", "CurveTables.cs");

    [Fact]
    public void Sigmoid_Table_EqualsItsFormula() =>
        Check("Sigmoid", u => Exp(u) / (1 + Exp(u)), CurveTables.Sigmoid, segments: 31);

    [Fact]
    public void Exponential_Table_EqualsItsFormula() => Check("Exponential", Exp, CurveTables.Exponential);

    [Fact]
    public void Softplus_Table_EqualsItsFormula() => Check("Softplus", u => LogOnePlus(Exp(u)), CurveTables.Softplus);

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

    private static void Write(string name, int[] table)
    {
        IEnumerable<string> lines = table.Chunk(4).Select(row => string.Join(", ", row.Select(value => value.ToString(CultureInfo.InvariantCulture))));
        string text = string.Concat(lines.Select(line => $"        {line},\n"));
        string source = File.ReadAllText(s_path);
        File.WriteAllText(s_path, Regex.Replace(source, $@"(ReadOnlySpan<int> {name} =>\n    \[\n)[^\]]*(    \];)", $"${{1}}{text}${{2}}"));
    }
}
