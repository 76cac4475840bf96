using Latch.Inspector.Tracks;

namespace Latch.Inspector;

/// <summary>One model of a session and its tracks.</summary>
internal sealed class ModelRun
{
    public ModelRun(int index, InspectedModel inspected, int capacity)
    {
        (Index, Inspected) = (index, inspected);
        Base = new IntegerTrack(inspected, new StepRunner(inspected.Model), 0, capacity);
        if (inspected.Shadow is { } shadow)
            Float = new FloatTrack(inspected.Model.Definition, shadow, capacity, Base.Outputs.Width);
        Attention = AttentionTensor.Of(inspected.Model);
    }

    public int Index { get; }

    public InspectedModel Inspected { get; }

    /// <summary>The untouched run.</summary>
    public IntegerTrack Base { get; }

    /// <summary>The counterfactual; null while nothing is forced. Changed under the session's lock.</summary>
    public ForcedRun? Forced { get; set; }

    /// <summary>The float model's run; null without one.</summary>
    public FloatTrack? Float { get; }

    /// <summary>Where attention weights lie; null when the model has none.</summary>
    public AttentionTensor? Attention { get; }

    /// <summary>Taken by whoever changes what is forced.</summary>
    public Lock Forcing { get; } = new();

    public long Bytes => Base.Bytes + (Float?.Bytes ?? 0);

    public void Step(ReadOnlySpan<float> sample)
    {
        Base.Step(sample);
        Forced?.Step(sample);
        Float?.Step(sample);
    }
}
