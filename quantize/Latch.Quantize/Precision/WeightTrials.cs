using Latch.Import.Graph;
using Latch.Quantize.Calibration;
using Latch.Quantize.Weights;

namespace Latch.Quantize.Precision;

/// <summary>Tries the improvements of weights that need no training, one layer after the other.</summary>
/// <param name="trials">The model as it stands.</param>
/// <param name="fit">What it was calibrated with.</param>
/// <param name="sample">A part of that, to measure mean errors on.</param>
internal sealed class WeightTrials(PrecisionTrials trials, CalibrationData fit, CalibrationData sample)
{
    private BiasCorrection? _correction;

    /// <summary>Equalises all pairs of dense layers.</summary>
    public void Equalise()
    {
        ModelBuilder builder = trials.Builder;
        IReadOnlyDictionary<string, float[]> factors = LayerEqualisation.Factors(builder.Model, builder.Moments);
        if (factors.Count > 0)
            trials.Try(PrecisionAction.Equalise, string.Join(", ", factors.Keys), trials.Options, builder.Equalised(factors, fit));
    }

    /// <summary>Searches the clip points of each layer that does not have searched ones.</summary>
    public void ClipRows()
    {
        foreach (GraphNode node in trials.Builder.Model.Nodes.Where(static node => node is DenseNode or RecurrentNode or ConvNode or ConvTransposeNode))
        {
            WeightChoices weights = trials.Options.Weights;
            if (!weights.Clipped.Contains(node.Name) && !trials.IsSpent)
                trials.Try(PrecisionAction.ClipRows, node.Name, trials.Options with { Weights = weights with { Clipped = weights.Clipped.Append(node.Name).ToHashSet() } });
        }
    }

    /// <summary>Corrects the bias of each layer, those before it corrected.</summary>
    public void CorrectBiases()
    {
        _correction ??= new BiasCorrection(trials.Builder.Model, sample);
        foreach (GraphNode node in _correction.Nodes)
        {
            string operation = trials.Builder.OperationName(node, trials.Options);
            if (trials.IsSpent || _correction.Measure(trials.Builder.Build(trials.Options), node, operation) is not { } shift)
                continue;
            WeightChoices weights = trials.Options.Weights;
            var shifts = new Dictionary<string, MeanShift>(weights.Shifts) { [node.Name] = shift };
            trials.Try(PrecisionAction.CorrectBias, node.Name, trials.Options with { Weights = weights with { Shifts = shifts } });
        }
    }
}
