using Latch.Import.Folding;

namespace Latch.Import.Operators;

/// <summary>A loop whose body was brought in once per iteration.</summary>
/// <param name="Node">Name of the node.</param>
/// <param name="Operator">Its operator.</param>
internal sealed record UnrolledLoop(string Node, string Operator)
{
    private readonly List<string[]> _carried = [];

    /// <summary>The values that the first iteration gets, one per carried value.</summary>
    public string[] Starts { get; private set; } = [];

    /// <summary>For each iteration the values that it hands on, in the same order.</summary>
    public IReadOnlyList<string[]> Carried => _carried;

    /// <summary>Whether the body computes a carried value anew in each iteration, one by one.</summary>
    public bool[] IsComputed { get; private set; } = [];

    /// <summary>
    /// Begins the loop. A constant that the body replaces by what it computes becomes a value of its own until the cells are recognised: a product of weights
    /// with it would be a number otherwise, and nothing would tell the state before the first step from any other constant.
    /// </summary>
    /// <param name="call">The loop.</param>
    /// <param name="starts">The values that it starts from.</param>
    /// <param name="computed">Which values it hands on are computed, when some of those it gets are.</param>
    /// <returns>The values that the first iteration gets.</returns>
    public GraphValue[] Start(OperatorCall call, GraphValue[] starts, Func<bool[], bool[]> computed)
    {
        bool[] known, found = [.. starts.Select(value => !value.IsConstant)];
        do
        {
            known = found;
            found = [.. known.Zip(computed(known), (before, after) => before || after)];
        }
        while (!found.AsSpan().SequenceEqual(known));
        IsComputed = found;
        GraphValue[] first = [.. starts.Select((value, i) => found[i] && value is { Integer: null, Float.Count: > 0 } ? call.Builder.Open(value, call.Inner($"start {i}")) : value)];
        Starts = [.. first.Select(value => value.Name)];
        return first;
    }

    /// <summary>Ends an iteration.</summary>
    public void HandOn(GraphValue[] carried) => _carried.Add([.. carried.Select(value => value.Name)]);
}
