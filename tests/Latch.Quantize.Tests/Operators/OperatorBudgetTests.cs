using Latch.Import.Graph;
using Latch.Tests;

namespace Latch.Quantize.Tests.Operators;

/// <summary>Every kind of node in integers against its formula, within the error that the catalog states.</summary>
public sealed class OperatorBudgetTests
{
    private static readonly string s_page = Path.Combine(SharedData.Repository, "quantize", "OPERATORS.md");

    public static TheoryData<string, bool> Cases()
    {
        TheoryData<string, bool> data = [];
        foreach (string key in OperatorCases.All.Select(static each => each.Key).Distinct())
        {
            data.Add(key, false);
            data.Add(key, true);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Operator_RandomInputs_StaysWithinItsStatedError(string key, bool wide)
    {
        IntegerOperator stated = OperatorCatalog.All.Single(entry => entry.Key == key);
        foreach (OperatorCase each in OperatorCases.All.Where(each => each.Key == key))
        {
            (double beyond, double scale) = each.Measure(wide ? ActivationWidth.Int16 : ActivationWidth.Int8, stated.Codes);
            // Comparing real numbers takes a last place of double precision.
            Assert.True(beyond <= stated.Absolute + (1e-9 * scale), $"{key}: {beyond:E2} beyond {stated.Codes} codes of {scale:G4}; stated is {stated.Absolute:E2}.");
        }
    }

    [Fact]
    public void Catalog_EveryNodeAndKind_IsThereOnceAndMeasured()
    {
        string[] keys = [.. Keys().Order(StringComparer.Ordinal)];
        Assert.Equal(keys, OperatorCatalog.All.Select(static entry => entry.Key).Order(StringComparer.Ordinal));
        // Layers with states are measured over sequences (RandomNetworkTests).
        Assert.Equal(keys.Where(static key => key != "Recurrent"), OperatorCases.All.Select(static each => each.Key).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Page_OfOperators_IsTheCatalogs()
    {
        // What follows is the importer's, and its tests'.
        const string Next = "## ONNX operators\n";
        string page = File.ReadAllText(s_page), text = OperatorCatalog.ToMarkdown() + "\n";
        if (Environment.GetEnvironmentVariable("LATCH_APPROVE") == "1")
            File.WriteAllText(s_page, page = text + page[page.IndexOf(Next, StringComparison.Ordinal)..]);
        Assert.Equal(text, page[..page.IndexOf(Next, StringComparison.Ordinal)]);
    }

    private static IEnumerable<string> Keys()
    {
        foreach (Type type in typeof(GraphNode).Assembly.GetTypes().Where(static type => type.IsSubclassOf(typeof(GraphNode)) && !type.IsAbstract))
        {
            string node = type.Name[..^"Node".Length];
            foreach (string kind in Kinds(type))
                yield return kind.Length == 0 ? node : $"{node}.{kind}";
        }
    }

    private static string[] Kinds(Type node)
    {
        if (node == typeof(SoftmaxNode))
            return ["", "Log"];
        Type? kind = node.GetProperties().Select(static property => property.PropertyType).FirstOrDefault(static type =>
            type == typeof(BinaryOperation) || type == typeof(ActivationKind) || type == typeof(ReduceOperation) || type == typeof(PoolOperation) || type == typeof(Comparison));
        return kind is null ? [""] : Enum.GetNames(kind);
    }
}
