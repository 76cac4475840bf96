using Latch.Import.Graph;

namespace Latch.Quantize.Tests.Operators;

/// <summary>Choices and moved elements.</summary>
internal static partial class OperatorCases
{
    private static IEnumerable<OperatorCase> Choices()
    {
        yield return new OperatorCase
        {
            Key = "Where",
            Shapes = [[Count], [Count], [1]],
            Output = [Count],
            Node = static _ => new WhereNode("node", "x0", "x1", "x2", "y"),
            Formula = static x => [.. x[0].Select((condition, i) => condition != 0 ? x[1][i] : x[2][0])],
            Low = 0,
            High = 1,
            Whole = true,
        };
        yield return new OperatorCase
        {
            Key = "Where",
            Shapes = [[Count], [Count]],
            Output = [Count],
            Node = static builder => new WhereNode("node", builder.Constant("mask", [Count], [.. Enumerable.Range(0, Count).Select(static i => i % 3 == 0 ? 1f : 0f)]), "x0", "x1", "y"),
            Formula = static x => [.. x[0].Select((value, i) => i % 3 == 0 ? value : x[1][i])],
        };
        yield return new OperatorCase
        {
            Key = "Embedding",
            Shapes = [[40]],
            Output = [40, 3],
            Node = static _ => new EmbeddingNode("node", "x0", "y", new FloatTensor([11, 3], [.. Enumerable.Range(0, 33).Select(Entry)])),
            Formula = static x => [.. x[0].SelectMany(static index => Enumerable.Range(0, 3).Select(column => (double)Entry(((int)index * 3) + column)))],
            Low = 0,
            High = 10,
            Whole = true,
        };
        // Positions counted from the end, and beyond both ends.
        yield return new OperatorCase
        {
            Key = "Embedding",
            Shapes = [[60]],
            Output = [60, 3],
            Node = static _ => new EmbeddingNode("node", "x0", "y", new FloatTensor([11, 3], [.. Enumerable.Range(0, 33).Select(Entry)])),
            Formula = static x => [.. x[0].SelectMany(static index => Enumerable.Range(0, 3).Select(column => (double)Entry(((int)(index < -11 ? 0 : index < 0 ? index + 11 : Math.Min(index, 10)) * 3) + column)))],
            Low = -14,
            High = 14,
            Whole = true,
        };
        // Positions up to the last whole number that 16 bits hold.
        yield return new OperatorCase
        {
            Key = "Embedding",
            Shapes = [[40]],
            Output = [40, 1],
            Node = static _ => new EmbeddingNode("node", "x0", "y", new FloatTensor([32768, 1], [.. Enumerable.Range(0, 32768).Select(Entry)])),
            Formula = static x => Array.ConvertAll(x[0], static index => (double)Entry((int)index)),
            Low = 0,
            High = 32767,
            Whole = true,
        };
    }

    private static IEnumerable<OperatorCase> Moves()
    {
        yield return Move("Reshape", [6, 4], [3, 8], static _ => new ReshapeNode("node", "x0", "y"), static (x, i) => x[i]);
        yield return Move("Transpose", [6, 4], [4, 6], static _ => new TransposeNode("node", "x0", "y", [1, 0]), static (x, i) => x[(i % 6 * 4) + (i / 6)]);
        yield return Move("Slice", [6, 4], [3, 4], static _ => new SliceNode("node", "x0", "y", [5, 0], [-2, 1]), static (x, i) => x[((5 - (2 * (i / 4))) * 4) + (i % 4)]);
        yield return Move("Gather", [6, 4], [2, 4], static _ => new GatherNode("node", "x0", "y", 0, [4, 1]), static (x, i) => x[((i / 4 == 0 ? 4 : 1) * 4) + (i % 4)]);
        yield return Move("Expand", [6, 1], [6, 4], static _ => new ExpandNode("node", "x0", "y"), static (x, i) => x[i / 4]);
        yield return Move("Tile", [2, 3], [2, 6], static _ => new TileNode("node", "x0", "y"), static (x, i) => x[(i / 6 * 3) + (i % 3)]);
        yield return Move("Pick", [8], [12], static _ => new PickNode("node", "x0", "y", [2, 1, 0, 1, 2, 3, 4, 5, 6, 7, 6, -1]), static (x, i) => i == 11 ? 0 : x[new[] { 2, 1, 0, 1, 2, 3, 4, 5, 6, 7, 6 }[i]]);
        yield return Move("Pick", [8], [7], static _ => new PickNode("node", "x0", "y", [7, 5, 3, 1, 0, 2, 4]), static (x, i) => x[i < 4 ? 7 - (2 * i) : 2 * (i - 4)]);
        yield return new OperatorCase
        {
            Key = "Concat",
            Shapes = [[6, 2], [6, 3]],
            Output = [6, 5],
            Node = static _ => new ConcatNode("node", ["x0", "x1"], "y", 1),
            Formula = static x => [.. Enumerable.Range(0, 30).Select(i => i % 5 < 2 ? x[0][(i / 5 * 2) + (i % 5)] : x[1][(i / 5 * 3) + (i % 5) - 2])],
        };
        yield return new OperatorCase
        {
            Key = "Scatter",
            Shapes = [[20], [3]],
            Output = [20],
            Node = static _ => new ScatterNode("node", "x0", "x1", "y", [4, 9, 4]),
            Formula = static x => [.. x[0].Select((value, i) => i == 4 ? x[1][2] : i == 9 ? x[1][1] : value)],
        };
    }

    private static float Entry(int i) => (float)Math.Sin(i * 1.7);

    private static OperatorCase Move(string key, int[] from, int[] to, Func<object, GraphNode> node, Func<double[], int, double> element) => new()
    {
        Key = key,
        Shapes = [from],
        Output = to,
        Node = node,
        Formula = x => [.. Enumerable.Range(0, TensorShape.Count(to)).Select(i => element(x[0], i))],
    };
}
