using Latch.Cli.Output;
using Latch.Quantize.Report;

namespace Latch.Cli.Report;

/// <summary>Signal-to-noise ratios of tensors, gates and states, and how often numbers were limited.</summary>
internal static class InnerSection
{
    public static void Append(Html page, Comparison comparison)
    {
        page.Section("Inside the model", "Each tensor, gate and state of the integer model against the float reference. "
            + "Lost here: how many dB the operation that writes a tensor loses against the worst value it reads. Own rounding: what storing it in its own codes costs by itself.");
        page.Table("Tensors, the noisiest first", ["tensor", "bits", "SQNR dB", "lost here dB", "rms diff", "own rounding", "largest |diff|"], comparison.Tensors.Select(tensor => new[]
        {
            tensor.Error.Name, $"{tensor.Bits}", Figures.Decibels(tensor.Error.SqnrDb), Figures.Fixed(tensor.DropDb, 1), Figures.Number(tensor.Error.Rms),
            Figures.Number(tensor.OwnRms), Figures.Number(tensor.Error.Largest),
        }));
        page.Table("Gates and states", ["layer", "quantity", "gate", "SQNR dB", "rms diff", "largest |diff|"], comparison.States.Select(state => new[]
        {
            state.Layer, state.Quantity, state.Gate, Figures.Decibels(state.Error.SqnrDb), Figures.Number(state.Error.Rms), Figures.Number(state.Error.Largest),
        }));
        page.Table("Limited numbers", ["layer", "steps", "gates", "cell state", "hidden state", "output"], comparison.Saturations.Select(layer => new[]
        {
            layer.Layer, $"{layer.Steps}", string.Join(", ", layer.Gates.Select(gate => $"{gate.Key} {gate.Value}")), $"{layer.Cell}", $"{layer.Hidden}", $"{layer.Output}",
        }));
    }
}
