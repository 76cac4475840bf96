using Latch.Cli.Output;
using Latch.Runtime;
using Latch.Telemetry;

namespace Latch.Cli.Models;

/// <summary>How far a forced session went from the untouched one, as a table and as JSON.</summary>
internal sealed record CounterfactualSummary(Counterfactual Run, LatchModel Model)
{
    /// <summary>One object of the command's document.</summary>
    public object Json() => new
    {
        Run.Steps,
        output = Figures(Run.Outputs),
        Run.PastShare,
        layers = Run.Layers.Select(layer => new
        {
            Model.Layers[layer.Layer].Name,
            gates = layer.Gates.Select((gate, at) => new { gate = Name(layer, at), gate.FirstStep, gate.Largest, gate.LargestStep, gate.Rms }),
            cell = layer.Cell is null ? null : Figures(layer.Cell),
            hidden = Figures(layer.Hidden),
        }),
    };

    /// <summary>Writes the table; in one line among the remarks where standard output holds something else.</summary>
    public void Write(Terminal terminal, bool asRemark = false)
    {
        if (asRemark)
        {
            terminal.WriteNote(Run.Outputs.FirstStep is { } first
                ? $"Forced: the output differs from the untouched one from step {first} on, by {Output.Figures.Number(Run.Outputs.Rms)} rms and at most {Output.Figures.Number(Run.Outputs.Largest)} in step {Run.Outputs.LargestStep}."
                : "Forced: the output never differs from the untouched one.");
            return;
        }
        terminal.WriteTable($"Forced beside untouched, {Run.Steps} steps on the same samples", ["quantity", "first step", "largest", "at step", "rms"], Rows());
        if (Run.PastShare is { } share)
            terminal.Out.WriteLine($"Of the forced output, {Output.Figures.Fixed(100 * share, 1)} % (rms) comes from the past through h.");
    }

    private IEnumerable<IReadOnlyList<string>> Rows()
    {
        yield return Row("output", Run.Outputs);
        foreach (LayerDivergence layer in Run.Layers)
        {
            string name = Model.Layers[layer.Layer].Name;
            for (int gate = 0; gate < layer.Gates.Count; gate++)
                yield return Row($"{name}: {Name(layer, gate)} gate", layer.Gates[gate]);
            if (layer.Cell is not null)
                yield return Row($"{name}: c", layer.Cell);
            yield return Row($"{name}: h", layer.Hidden);
        }
    }

    private static string[] Row(string quantity, Divergence divergence) => divergence.FirstStep is { } first
        ? [quantity, $"{first}", Output.Figures.Number(divergence.Largest), $"{divergence.LargestStep}", Output.Figures.Number(divergence.Rms)]
        : [quantity, "never", "-", "-", "-"];

    private static object Figures(Divergence divergence) => new { divergence.FirstStep, divergence.Largest, divergence.LargestStep, divergence.Rms };

    private static string Name(LayerDivergence layer, int gate) => GateOrder.Of(layer.Kind)[gate].ToString().ToLowerInvariant();
}
