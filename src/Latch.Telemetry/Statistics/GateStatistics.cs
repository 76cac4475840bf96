using Latch.Model;
using Latch.Runtime;

namespace Latch.Telemetry;

/// <summary>
/// What the gates of a model did over all steps watched: open or shut, how long the memory is, how often a format was too small, whether a cell drifts.
/// All memory is taken when it is made. Give <see cref="Probe"/> to the session's step, or step through <see cref="Sample"/>. One thread steps; any thread may take a
/// <see cref="Snapshot"/> or <see cref="Clear"/>.
/// </summary>
public sealed class GateStatistics
{
    private readonly LayerStatistics[] _layers;

    /// <summary>Makes statistics for all layers of a model.</summary>
    /// <param name="model">The model whose sessions are watched.</param>
    /// <param name="options">Limits and sampling; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public GateStatistics(LatchModel model, StatisticsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        Options = options ?? new StatisticsOptions();
        Options.Check(nameof(options));
        _layers = [.. Enumerable.Range(0, model.Layers.Count).Select(layer => new LayerStatistics(layer, model.Definition, Options))];
    }

    /// <summary>Limits and sampling.</summary>
    public StatisticsOptions Options { get; }

    /// <summary>One per recurrent layer.</summary>
    public IReadOnlyList<LayerStatistics> Layers => _layers;

    /// <summary>The probe that feeds these statistics.</summary>
    public StatisticsProbe Probe => new(this);

    /// <summary>Steps a session so that one step in <see cref="StatisticsOptions.Every"/> is watched, beginning with the first after a reset.</summary>
    public SampledSession<StatisticsProbe> Sample(Session session) => new(session, Probe, Options.Every);

    /// <summary>The figures of all layers so far.</summary>
    public IReadOnlyList<LayerSnapshot> Snapshot() => [.. _layers.Select(layer => layer.Snapshot())];

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
