namespace Latch.Quantize.Weights;

/// <summary>Improvements of weights that a build makes, by the name of the node.</summary>
internal sealed record WeightChoices
{
    /// <summary>None.</summary>
    public static WeightChoices None { get; } = new();

    /// <summary>Nodes whose rows' clip points are searched (<see cref="ClipSearch"/>).</summary>
    public IReadOnlySet<string> Clipped { get; init; } = new HashSet<string>();

    /// <summary>What the bias of a node makes good (<see cref="BiasCorrection"/>).</summary>
    public IReadOnlyDictionary<string, MeanShift> Shifts { get; init; } = new Dictionary<string, MeanShift>();
}

/// <summary>Mean over calibration data of what a node's weights are multiplied with in the float model, minus the mean in the integer one.</summary>
/// <param name="Input">One number per input of the node.</param>
/// <param name="Hidden">One number per unit of a recurrent node's state; empty for other nodes.</param>
internal sealed record MeanShift(double[] Input, double[] Hidden);
