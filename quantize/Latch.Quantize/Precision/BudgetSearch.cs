using Latch.Quantize.Calibration;

namespace Latch.Quantize.Precision;

/// <summary>
/// Looks for the model of least work whose error on held-back data is within a budget. What costs nothing when the model runs comes first: equalised layers,
/// clip points, biases. If that is not enough, tensors and states are widened, and the weights, whose part of the error has grown by that, are tried again.
/// </summary>
internal static class BudgetSearch
{
    /// <summary>Searches.</summary>
    /// <param name="builder">Builds the model; calibrated on <paramref name="fit"/>.</param>
    /// <param name="options">Where to start: int8.</param>
    /// <param name="check">The held-back data.</param>
    /// <param name="fit">The data calibrated with.</param>
    /// <param name="sample">A part of that, to measure mean errors on.</param>
    public static SearchResult Run(ModelBuilder builder, QuantizeOptions options, HeldBackCheck check, CalibrationData fit, CalibrationData sample)
    {
        var trials = new PrecisionTrials(builder, options, check);
        var widths = new WidthSearch(trials);
        var weights = new WeightTrials(trials, fit, sample);
        IReadOnlyList<TensorCost> costs = [];
        if (!trials.IsMet)
            weights.Equalise();
        if (!trials.IsMet)
            weights.ClipRows();
        if (!trials.IsMet)
            weights.CorrectBiases();
        if (!trials.IsMet)
        {
            trials.DropBiasCorrections();
            costs = widths.Costs();
            widths.Widen();
            if (!trials.IsMet)
                weights.ClipRows();
            weights.CorrectBiases();
            widths.Widen();
            widths.Narrow();
        }
        return new SearchResult(trials.Builder, trials.Options, trials.Report, costs);
    }
}

/// <summary>What a search found.</summary>
/// <param name="Builder">The builder of the model; another one than given when layers were equalised.</param>
/// <param name="Options">The choices.</param>
/// <param name="Report">How they came about; null when nothing was searched for.</param>
/// <param name="Costs">What each tensor's 8 bits cost before any was widened; empty when none had to be.</param>
internal sealed record SearchResult(ModelBuilder Builder, QuantizeOptions Options, PrecisionReport? Report, IReadOnlyList<TensorCost> Costs);
