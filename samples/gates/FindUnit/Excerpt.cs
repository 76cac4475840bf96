using Latch.Model;
using Latch.Runtime;
using Latch.Telemetry;

namespace FindUnit;

/// <summary>What one unit did per character around a bracket.</summary>
internal static class Excerpt
{
    private const int Before = 3;
    private const int After = 5;

    public static void Write(TextWriter writer, TextRun run, int unit, Span span)
    {
        IReadOnlyList<Gate> gates = GateOrder.Of(run.Layer.Definition.Kind);
        (string Name, double[] Values)[] columns =
        [
            .. gates.Select(gate => (Name(run.Layer.Definition.Kind, gate), run.Layer.GateValues(gate, unit))),
            .. run.Layer.Definition.Kind == CellKind.Lstm ? [("c", run.Layer.CellValues(unit))] : Array.Empty<(string, double[])>(),
            ("h", run.Layer.HiddenValues(unit)),
        ];
        writer.WriteLine($"     at char{string.Concat(columns.Select(column => $"{column.Name,8}"))}");
        foreach (int at in Enumerable.Range(span.Open - Before, Before + After).Concat([-1]).Concat(Enumerable.Range(span.Close - After, After + Before)))
        {
            writer.WriteLine(at < 0
                ? $"    ... {span.Length - (2 * After)} characters later"
                : $"  {at,5} {Shown(run.Text[at]),4}{string.Concat(columns.Select(column => $"{column.Values[at],8:F3}"))}");
        }
    }

    /// <summary>The letter the gate has in the equations.</summary>
    private static string Name(CellKind kind, Gate gate) => (kind, gate) switch
    {
        (CellKind.Lstm, Gate.Cell) => "g",
        (_, Gate.Update) => "z",
        (_, Gate.Hidden) => "n",
        _ => gate.ToString()[..1].ToLowerInvariant(),
    };

    private static string Shown(char character) => character switch { ' ' => "' '", '\n' => "\\n", _ => character.ToString() };
}
