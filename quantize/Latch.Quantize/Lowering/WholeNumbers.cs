using Latch.Import.Graph;
using Latch.Quantize.Calibration;

namespace Latch.Quantize.Lowering;

/// <summary>
/// Which values are whole numbers, so that codes of scale 1 hold them exactly: results of comparisons and arg max, indices of tables, conditions, and what is
/// computed from such by sums, products, larger and smaller.
/// </summary>
internal static class WholeNumbers
{
    /// <summary>The values found, as roots of the sets that share codes.</summary>
    /// <param name="model">The model.</param>
    /// <param name="root">The root of a value.</param>
    public static HashSet<string> Find(FloatModel model, Func<string, string> root)
    {
        HashSet<string> whole = [.. model.Nodes.SelectMany(Known).Where(value => !model.Constants.ContainsKey(value)).Select(root)];
        bool IsWhole(string value) => model.Constants.TryGetValue(value, out FloatTensor? constant) ? constant.Data.All(float.IsInteger) : whole.Contains(root(value));
        foreach (GraphNode node in model.Nodes)
        {
            if (Sources(node) is { } sources && sources.All(IsWhole))
                whole.Add(root(node.Outputs[0]));
        }
        return whole;
    }

    /// <summary>Codes of scale 1 for a range, or null when they do not reach.</summary>
    public static Model.Quantization? Codes(ValueRange range) =>
        range.Magnitude <= short.MaxValue ? new Model.Quantization(Model.ElementType.Int16, 1, 0) : null;

    private static IEnumerable<string> Known(GraphNode node) => node switch
    {
        CompareNode compare => [compare.Output],
        ArgMaxNode position => [position.Output],
        EmbeddingNode embedding => [embedding.Indices],
        WhereNode where => [where.Condition],
        _ => [],
    };

    // What a node's output is computed from, when it is whole for whole operands.
    private static string[]? Sources(GraphNode node) => node switch
    {
        BinaryNode { Operation: BinaryOperation.Add or BinaryOperation.Sub or BinaryOperation.Mul or BinaryOperation.Max or BinaryOperation.Min } binary => [binary.Left, binary.Right],
        WhereNode where => [where.WhenTrue, where.WhenFalse],
        ReduceNode { Operation: ReduceOperation.Sum or ReduceOperation.Max or ReduceOperation.Min or ReduceOperation.Prod } reduce => [reduce.Input],
        _ => null,
    };
}
