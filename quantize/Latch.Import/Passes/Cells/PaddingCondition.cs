using Latch.Import.Folding;
using Latch.Import.Graph;
using Latch.Import.Reference;

namespace Latch.Import.Passes.Cells;

/// <summary>
/// Whether a condition tells rows of padding from rows of data. Three forms do: each feature of the row equals one number; a mask that is an input of whole
/// numbers or truth values, one for each row; a number of rows that is an input, compared with a constant.
/// </summary>
internal sealed class PaddingCondition(PassGraph graph, ElementTrace trace)
{
    /// <summary>Whether a condition marks padding.</summary>
    /// <param name="condition">The condition of one step.</param>
    /// <param name="paddingIsTrue">Whether padding is where it is true.</param>
    /// <param name="iterations">The number of steps; an input of rows has as many.</param>
    public bool Marks(string condition, bool paddingIsTrue, int iterations) => trace.Origins(Elements.All(graph, condition)).Distinct().All(origin =>
        Read(origin.Value, origin.At) is { IsCount: false } mark && Covers(mark, iterations) && (mark.Form == Form.Given || mark.PaddingIsTrue == paddingIsTrue));

    private bool Covers(Mark mark, int iterations)
    {
        int count = graph.Count(mark.Input);
        bool isRow = mark.Positions.Count * iterations == count;
        return mark.Form switch
        {
            Form.Equal => isRow,
            Form.Given => isRow && mark.Positions.Count == 1 && ElementKinds.IsInteger(graph.Values[mark.Input].Kind),
            _ => count == 1 && ElementKinds.IsInteger(graph.Values[mark.Input].Kind),
        };
    }

    /// <summary>What one element says; null when it is something else.</summary>
    private Mark? Read(string value, int at)
    {
        (value, at) = trace.Origins(new Elements(value, [at]))[0];
        if (graph.Inputs.Contains(value))
            return new Mark(Form.Given, value, [at], 0, PaddingIsTrue: false);
        return graph.Producer(value) switch
        {
            CompareNode node => Compared(node, At(node.Left, value, at), At(node.Right, value, at)),
            ActivationNode { Kind: ActivationKind.Affine, Alpha: -1, Beta: 1 } node when Read(node.Input, at) is { IsCount: false } mark => Not(mark),
            BinaryNode { Operation: BinaryOperation.Mul or BinaryOperation.Max } node => Both(
                Read(node.Left, At(node.Left, value, at)), Read(node.Right, At(node.Right, value, at)), allAreTrue: node.Operation == BinaryOperation.Mul),
            ReduceNode node => Reduced(node, at),
            _ => null,
        };
    }

    private int At(string operand, string result, int at) => IndexMap.Broadcast(graph.Shape(operand), graph.Shape(result)) is { } map ? map[at] : at;

    private static Mark Not(Mark mark) => mark with { PaddingIsTrue = !mark.PaddingIsTrue };

    private Mark? Compared(CompareNode node, int left, int right)
    {
        bool constantIsRight = graph.Constant(node.Right) is not null;
        (string value, int at) = constantIsRight ? (node.Left, left) : (node.Right, right);
        if ((constantIsRight ? graph.Constant(node.Right)?.Data[right] : graph.Constant(node.Left)?.Data[left]) is not float number || Read(value, at) is not { } mark)
            return null;
        if (node.Comparison == Comparison.Equal)
            return mark.Form == Form.Given ? mark with { Form = Form.Equal, Number = number, PaddingIsTrue = true } : number == 0 ? Not(mark) with { IsCount = false } : null;
        if (mark.Form == Form.Given)
            return mark with { Form = Form.Length, PaddingIsTrue = constantIsRight };
        return mark.Form == Form.Equal && !constantIsRight && number == 0 && node.Comparison == Comparison.Less ? mark with { IsCount = false } : null;
    }

    /// <summary>And of what is true for padding, Or of what is true for data: one mark over all features.</summary>
    private static Mark? Both(Mark? first, Mark? second, bool allAreTrue)
    {
        if (first is null || second is null || first.Form != Form.Equal || first.IsCount || second.IsCount || first.PaddingIsTrue != allAreTrue)
            return null;
        bool same = (first.Form, first.Input, first.Number, first.PaddingIsTrue) == (second.Form, second.Input, second.Number, second.PaddingIsTrue);
        return same ? first with { Positions = [.. first.Positions.Union(second.Positions)] } : null;
    }

    private Mark? Reduced(ReduceNode node, int at)
    {
        int[] shape = graph.Shape(node.Input);
        int[] reduced = [.. Enumerable.Range(0, shape.Length).Where(node.Axes.Contains)];
        int[] kept = [.. shape.Select((length, axis) => node.Axes.Contains(axis) ? 1 : length)];
        int[] map = IndexMap.Broadcast(kept, shape) ?? [.. Enumerable.Range(0, graph.Count(node.Input))];
        Mark?[] marks = [.. Enumerable.Range(0, map.Length).Where(i => map[i] == at).Select(i => Read(node.Input, i))];
        if (reduced.Length == 0 || marks.Length == 0)
            return null;
        return node.Operation switch
        {
            _ when marks.Length == 1 => marks[0],
            ReduceOperation.Min or ReduceOperation.Prod => marks.Aggregate((first, second) => Both(first, second, allAreTrue: true)),
            ReduceOperation.Max => marks.Aggregate((first, second) => Both(first, second, allAreTrue: false)),
            ReduceOperation.Sum => marks.Aggregate((first, second) => Both(first, second, allAreTrue: false)) is { } count ? count with { IsCount = true } : null,
            _ => null,
        };
    }

    private enum Form
    {
        /// <summary>Features equal one number.</summary>
        Equal,

        /// <summary>An element of an input.</summary>
        Given,

        /// <summary>An element of an input is compared with a number of rows.</summary>
        Length,
    }

    /// <summary>What a condition looks at.</summary>
    /// <param name="Form">How.</param>
    /// <param name="Input">The input it looks at.</param>
    /// <param name="Positions">The elements of it.</param>
    /// <param name="Number">What they are compared with.</param>
    /// <param name="PaddingIsTrue">Whether it is true for padding.</param>
    /// <param name="IsCount">Whether it is the number of features that say data, instead of 0 or 1.</param>
    private sealed record Mark(Form Form, string Input, HashSet<int> Positions, float Number, bool PaddingIsTrue, bool IsCount = false);
}
