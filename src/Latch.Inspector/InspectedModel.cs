using Latch.Anomaly;
using Latch.Runtime;

namespace Latch.Inspector;

/// <summary>A model as the inspector is given it.</summary>
/// <param name="Name">What the page calls it.</param>
/// <param name="File">Where it came from, for display only.</param>
/// <param name="Model">The model; not disposed by the inspector.</param>
public sealed record InspectedModel(string Name, string File, LatchModel Model)
{
    /// <summary>What ordinary residuals look like, for scores and alarms; null for none. Only for models that forecast their own channels step by step.</summary>
    public AnomalyProfile? Profile { get; init; }

    /// <summary>Alarms to allow on ordinary data; sets the threshold.</summary>
    public double AlarmsPerHour { get; init; } = 1;

    /// <summary>The float model beside the integer one; null for none. Used by the inspector alone from then on.</summary>
    public IFloatShadow? Shadow { get; init; }
}

/// <summary>What all models of a session are given.</summary>
/// <param name="Title">Title of the page.</param>
/// <param name="Names">Names of the input channels in sample order.</param>
/// <param name="Units">Unit of each channel, possibly empty.</param>
/// <param name="SampleRateHz">Samples per second; 0 when unknown.</param>
/// <param name="Labels">Known stretches of the data.</param>
public sealed record InspectorInput(string Title, IReadOnlyList<string> Names, IReadOnlyList<string> Units, double SampleRateHz, IReadOnlyList<InspectorLabel> Labels);

/// <summary>A stretch of the data that is known, such as a fault.</summary>
/// <param name="Start">First step.</param>
/// <param name="End">First step after it.</param>
/// <param name="Text">What it is.</param>
public sealed record InspectorLabel(long Start, long End, string Text);

/// <summary>
/// A float model that walks beside the integer one. After each <see cref="Step"/> the properties hold the values of that step, gates stacked in the
/// integer model's order; spans are valid until the next step.
/// </summary>
public interface IFloatShadow
{
    /// <summary>The output of the last step, as long as the integer model's; NaN before the first full window of a model that takes windows.</summary>
    ReadOnlySpan<float> Output { get; }

    /// <summary>Takes one sample of raw readings; NaN is a missing one.</summary>
    void Step(ReadOnlySpan<float> sample);

    /// <summary>All gates of a layer after their activation: G x H values.</summary>
    ReadOnlySpan<float> Gates(int layer);

    /// <summary>The cell state of a layer: H values; empty for GRU and RNN.</summary>
    ReadOnlySpan<float> Cell(int layer);

    /// <summary>The hidden state of a layer: H values.</summary>
    ReadOnlySpan<float> Hidden(int layer);
}
