using System.Globalization;
using System.Text;
using Latch.Import.Graph;
using Latch.Import.Onnx;
using Latch.Import.Tests.OnnxNodeTests;
using Latch.Import.Tests.RandomModels;

namespace Latch.Import.Tests.Operators;

/// <summary>
/// The second half of quantize/OPERATORS.md: every ONNX operator with the attributes that tested models give it, and the nodes that those models become. What is
/// written there was imported and compared with ONNX Runtime or with ONNX's own tests.
/// </summary>
public sealed class OperatorPageTests
{
    private const string Begin = "## ONNX operators\n";
    private const int Seeds = 100, Chains = 300;

    private static readonly string s_page = Path.Combine(SharedData.Repository, "quantize", "OPERATORS.md");

    // Outcomes of control flow depend on what is inside.
    private static readonly Dictionary<string, string> s_control = new()
    {
        ["If"] = "the branch that a settled condition chooses",
        ["Loop"] = "the layer that its body is a step of, or its steps one after the other",
        ["Scan"] = "as Loop",
    };

    [Fact]
    public void Page_OnnxOperators_IsWhatTheTestsMeet()
    {
        SortedDictionary<string, (SortedSet<string> Attributes, SortedSet<string> Nodes)> seen = new(StringComparer.Ordinal);
        foreach (string name in OnnxImporter.SupportedOperators)
            seen[name] = (new(StringComparer.Ordinal), new(StringComparer.Ordinal));
        foreach (byte[] model in Models())
            Look(model, seen);
        string page = File.ReadAllText(s_page), text = Text(seen);
        if (Environment.GetEnvironmentVariable("LATCH_APPROVE") == "1")
            File.WriteAllText(s_page, page = page[..page.IndexOf(Begin, StringComparison.Ordinal)] + text);
        Assert.Equal(text, page[page.IndexOf(Begin, StringComparison.Ordinal)..]);
    }

    // The models that the tests make or find; control flow is told above.
    private static IEnumerable<byte[]> Models()
    {
        IEnumerable<byte[]> cases = OperatorCases.All.Keys.SelectMany(static name => Enumerable.Range(0, Seeds).Select(seed => OperatorCase.Write(name, seed).Writer.ToBytes()));
        IEnumerable<byte[]> folders = OnnxImporter.SupportedOperators.Except(s_control.Keys).SelectMany(OperatorTestFolder.Of).Select(static folder => folder.Model());
        IEnumerable<byte[]> layers = new[] { "LSTM", "GRU", "RNN" }.SelectMany(static name => Enumerable.Range(0, Seeds).Select(seed => RecurrentModelWriter.Write(RecurrentSpec.Draw(name, seed), forOracle: false)));
        IEnumerable<byte[]> chains = Enumerable.Range(0, Chains).Select(static seed => ChainWriter.Write(seed).Bytes);
        return cases.Concat(folders).Concat(layers).Concat(chains);
    }

    // A model that is refused says nothing of what is supported.
    private static void Look(byte[] bytes, SortedDictionary<string, (SortedSet<string> Attributes, SortedSet<string> Nodes)> seen)
    {
        ModelProto proto = ModelProto.Parser.ParseFrom(bytes);
        FloatModel model;
        try
        {
            model = OnnxImporter.Import(bytes, "model");
        }
        catch (ImportException)
        {
            return;
        }
        foreach (NodeProto node in proto.Graph.Node)
        {
            seen[node.OpType].Attributes.UnionWith(node.Attribute.Select(static attribute => attribute.Name));
            string name = node.Name.Length > 0 ? node.Name : $"{node.OpType}_{node.Output[0]}";
            seen[node.OpType].Nodes.UnionWith(model.Nodes.Where(made => made.Name == name || made.Name.StartsWith(name + "/", StringComparison.Ordinal)).Select(Key));
        }
    }

    private static string Text(SortedDictionary<string, (SortedSet<string> Attributes, SortedSet<string> Nodes)> seen)
    {
        var text = new StringBuilder(Begin);
        text.Append("\nWritten by a test that imports models of each operator (random ones, compared with ONNX Runtime, and ONNX's own): the attributes those models give it, and the nodes of the table\n");
        text.Append("above that they become, whose errors add up. Where none is named the values are known once batch and steps are fixed; those of com.microsoft, of quantized files, RMSNormalization and Swish are written as the operators of their formula (tests of their own). Other attributes, or values of these, are refused by name.\n\n");
        text.Append("| operator | attributes | becomes |\n|---|---|---|\n");
        foreach ((string name, (SortedSet<string> attributes, SortedSet<string> nodes)) in seen)
            text.Append(CultureInfo.InvariantCulture, $"| {name} | {string.Join(", ", attributes)} | {s_control.GetValueOrDefault(name, string.Join(", ", nodes))} |\n");
        return text.ToString();
    }

    private static string Key(GraphNode node)
    {
        string kind = node switch
        {
            ActivationNode activation => $" {activation.Kind}",
            BinaryNode binary => $" {binary.Operation}",
            ReduceNode reduce => $" {reduce.Operation}",
            PoolNode pool => $" {pool.Operation}",
            CompareNode compare => $" {compare.Comparison}",
            SoftmaxNode { IsLog: true } => " Log",
            _ => "",
        };
        return node.GetType().Name[..^"Node".Length] + kind;
    }
}
