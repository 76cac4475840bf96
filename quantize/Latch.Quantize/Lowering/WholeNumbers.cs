using Latch.Import.Graph;
using Latch.Quantize.Calibration;

namespace Latch.Quantize.Lowering;

/// <summary>
/// Which values are whole numbers, so that codes of scale 1 hold them exactly: results of comparisons and arg max, indices of tables, conditions, what these are
/// moved from, and what is computed from such by sums, products, larger and smaller.
/// </summary>
internal sealed class WholeNumbers
{
    private readonly FloatModel _model;
    private readonly HashSet<string> _whole;

    public WholeNumbers(FloatModel model)
    {
        _model = model;
        _whole = [.. model.Nodes.SelectMany(Known)];
        foreach (GraphNode node in model.Nodes.Reverse())
        {
            if (Moved(node) is { } parts && _whole.Contains(node.Outputs[0]))
                _whole.UnionWith(parts);
        }
        foreach (GraphNode node in model.Nodes)
        {
            if ((Moved(node) ?? Computed(node)) is { } sources && sources.All(Contains))
                _whole.Add(node.Outputs[0]);
        }
    }

    /// <summary>Whether every number of a value is whole.</summary>
    public bool Contains(string value) =>
        _model.Constants.TryGetValue(value, out FloatTensor? constant) ? constant.Data.All(float.IsInteger) : _whole.Contains(value);

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

    // The values whose numbers a node's output consists of; null when it computes new ones.
    private static IReadOnlyList<string>? Moved(GraphNode node) => node switch
    {
        PickNode { Fill: var fill } when !float.IsInteger(fill) => null,
        MovementNode move => [move.Input],
        PoolNode { Operation: PoolOperation.Max } pool => [pool.Input],
        ConcatNode or WhereNode or ScatterNode => NodeParts.Of(node),
        _ => null,
    };

    // The values from which a node's output is computed, when it is whole for whole ones.
    private static string[]? Computed(GraphNode node) => node switch
    {
        BinaryNode { Operation: BinaryOperation.Add or BinaryOperation.Sub or BinaryOperation.Mul or BinaryOperation.Max or BinaryOperation.Min } binary => [binary.Left, binary.Right],
        ReduceNode { Operation: ReduceOperation.Sum or ReduceOperation.Max or ReduceOperation.Min or ReduceOperation.Prod } reduce => [reduce.Input],
        _ => null,
    };
}
