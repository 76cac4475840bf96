using Latch.Import.Folding;
using Latch.Import.Graph;

namespace Latch.Import.Passes;

/// <summary>
/// Drops outputs that are constant: version numbers, sizes, shapes. They stay where no node computes any output, and integers are refused there.
/// </summary>
internal static class ConstantOutputs
{
    public static void Drop(PassGraph graph)
    {
        bool computes = graph.Outputs.Any(output => graph.Producer(output) is { } node && (node is not ReshapeNode reshape || graph.Producer(reshape.Input) is not null));
        foreach (string output in graph.Outputs.ToArray())
        {
            GraphValue value = graph.Values[output];
            if (!value.IsConstant)
                continue;
            if (computes)
            {
                graph.Outputs.Remove(output);
                graph.Notes.Add($"the output '{output}' was dropped: it is a constant{Text(value)}");
            }
            else if (value.Float is null)
            {
                throw new ImportException(
                    ImportErrorCode.UnsupportedForm, graph.Source, $"the output '{output}' is a constant of integers; only floats are supported");
            }
        }
    }

    private static string Text(GraphValue value)
    {
        if (TensorShape.Count(value.Shape) != 1)
            return "";
        return value.Integer is { } integer
            ? $", {integer.Data[0]}"
            : FormattableString.Invariant($", {value.Float!.Data[0]}");
    }
}
