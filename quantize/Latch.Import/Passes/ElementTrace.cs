using Latch.Import.Graph;
using Latch.Import.Reference;

namespace Latch.Import.Passes;

/// <summary>Elements of one value, by their row-major positions.</summary>
/// <param name="Value">The value.</param>
/// <param name="At">The positions.</param>
internal sealed record Elements(string Value, int[] At)
{
    public int Count => At.Length;

    /// <summary>A text that two sets of elements share exactly when they are the same.</summary>
    public string Key { get; } = $"{Value}:{(IsRun(At) ? $"{At[0]}+{At.Length}" : string.Join(',', At))}";

    /// <summary>All elements of a value in order.</summary>
    public static Elements All(PassGraph graph, string value) => new(value, [.. Enumerable.Range(0, graph.Count(value))]);

    /// <summary>Whether these are all elements of the value in order.</summary>
    public bool IsAll(PassGraph graph) => At.Length == graph.Count(Value) && At.Length > 0 && At[0] == 0 && IsRun(At);

    private static bool IsRun(int[] at)
    {
        for (int i = 1; i < at.Length; i++)
        {
            if (at[i] != at[0] + i)
                return false;
        }
        return at.Length > 0;
    }
}

/// <summary>Follows elements back through the nodes that only move them, to where they are computed, given or constant.</summary>
internal sealed class ElementTrace(PassGraph graph)
{
    private readonly Dictionary<GraphNode, int[]?> _maps = new(ReferenceEqualityComparer.Instance);

    /// <summary>Where each element comes from, in order; runs of one source together.</summary>
    public IReadOnlyList<Elements> Sources(Elements elements)
    {
        (string Value, int At)[] origins = Origins(elements);
        List<Elements> runs = [];
        for (int start = 0, end; start < origins.Length; start = end)
        {
            for (end = start + 1; end < origins.Length && origins[end].Value == origins[start].Value;)
                end++;
            runs.Add(new Elements(origins[start].Value, [.. origins[start..end].Select(origin => origin.At)]));
        }
        return runs;
    }

    /// <summary>The elements of one source that these are; null when they come from several.</summary>
    public Elements? Source(Elements elements) => Sources(elements) is [{ } only] ? only : null;

    /// <summary>The value and position each element comes from.</summary>
    public (string Value, int At)[] Origins(Elements elements)
    {
        (string Value, int At)[] origins = new (string, int)[elements.Count];
        Stack<(string Value, int[] At, int[] To)> open = new([(elements.Value, elements.At, [.. Enumerable.Range(0, elements.Count)])]);
        while (open.TryPop(out (string Value, int[] At, int[] To) part))
        {
            foreach ((string value, int[] at, int[] to) in Before(part.Value, part.At, part.To))
            {
                if (value.Length > 0)
                {
                    open.Push((value, at, to));
                    continue;
                }
                for (int i = 0; i < at.Length; i++)
                    origins[to[i]] = (part.Value, at[i]);
            }
        }
        return origins;
    }

    /// <summary>The same elements one node further back; an empty name for those that stay.</summary>
    private IEnumerable<(string Value, int[] At, int[] To)> Before(string value, int[] at, int[] to)
    {
        switch (graph.Producer(value))
        {
            case PickNode pick when at.All(position => pick.Source[position] >= 0):
                return [(pick.Input, [.. at.Select(position => pick.Source[position])], to)];
            case PickNode:
                return [("", at, to)];
            case MovementNode movement:
                return [(movement.Input, Map(movement) is { } map ? [.. at.Select(position => map[position])] : at, to)];
            case ConcatNode concat:
                return Split(at, to, position => PartOf(concat, position));
            case ScatterNode scatter:
                Dictionary<int, int> updates = scatter.Positions.Select((position, i) => (position, i)).GroupBy(pair => pair.position).ToDictionary(group => group.Key, group => group.Last().i);
                return Split(at, to, position => updates.TryGetValue(position, out int update) ? (scatter.Updates, update) : (scatter.Data, position));
            default:
                return [("", at, to)];
        }
    }

    private static IEnumerable<(string Value, int[] At, int[] To)> Split(int[] at, int[] to, Func<int, (string Value, int At)> origin) => at
        .Select((position, i) => (Origin: origin(position), To: to[i]))
        .GroupBy(element => element.Origin.Value)
        .Select(group => (group.Key, group.Select(element => element.Origin.At).ToArray(), group.Select(element => element.To).ToArray()));

    private (string Value, int At) PartOf(ConcatNode concat, int position)
    {
        int[] shape = graph.Shape(concat.Output);
        int inner = TensorShape.Count(shape.AsSpan(concat.Axis + 1));
        int row = shape[concat.Axis] * inner;
        int along = position % row / inner;
        foreach (string part in concat.Parts)
        {
            int length = graph.Shape(part)[concat.Axis];
            if (along < length)
                return (part, (position / row * length * inner) + (along * inner) + (position % inner));
            along -= length;
        }
        throw new InvalidOperationException($"'{concat.Name}' has no element {position}");
    }

    private int[]? Map(MovementNode node)
    {
        if (!_maps.TryGetValue(node, out int[]? map))
            _maps[node] = map = IndexMap.Of(node, graph.Shape(node.Input), graph.Shape(node.Output));
        return map;
    }
}
