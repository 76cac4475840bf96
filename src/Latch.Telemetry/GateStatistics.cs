using Latch.Runtime;

namespace Latch.Telemetry;

/// <summary>
/// What the gates of a model did over all steps watched: open or shut, how long the memory is, how often a format was too small, whether a cell drifts.
/// All memory is taken when it is made. Give <see cref="Probe"/> to the session's step.
/// </summary>
public sealed class GateStatistics
{
    private readonly LayerStatistics[] _layers;

    /// <summary>Makes statistics for all layers of a model.</summary>
    public GateStatistics(LatchModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _layers = new LayerStatistics[model.Layers.Count];
        for (int layer = 0; layer < _layers.Length; layer++)
            _layers[layer] = new LayerStatistics(layer, model.Definition.Layers[layer], model.Definition.SampleRateHz);
    }

    /// <summary>One per recurrent layer.</summary>
    public IReadOnlyList<LayerStatistics> Layers => _layers;

    /// <summary>The probe that feeds these statistics.</summary>
    public StatisticsProbe Probe => new(this);

    /// <summary>Forgets all steps.</summary>
    public void Clear()
    {
        foreach (LayerStatistics layer in _layers)
            layer.Clear();
    }

    internal void Add(in GateFrame frame) => _layers[frame.Layer].Add(frame);
}

/// <summary>Feeds every frame to a <see cref="GateStatistics"/>.</summary>
public readonly struct StatisticsProbe : IGateProbe
{
    private readonly GateStatistics _statistics;

    internal StatisticsProbe(GateStatistics statistics) => _statistics = statistics;

    /// <summary>Takes the frame in.</summary>
    public void OnStep(in GateFrame frame) => _statistics.Add(frame);
}
