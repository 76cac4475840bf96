using Latch.Runtime;
using Latch.Telemetry;

namespace Latch.Cli.Models;

/// <summary>A recording of the gates and their statistics, taken in the same steps.</summary>
internal sealed class GateWatch(LatchModel model, int capacity)
{
    private readonly GateRecording _recording = new(model, capacity);
    private readonly GateStatistics _statistics = new(model);

    public ProbePair<RecordingProbe, StatisticsProbe> Probe => new(_recording.Probe, _statistics.Probe);

    /// <summary>Each recurrent layer with what was recorded and counted.</summary>
    public IReadOnlyList<LayerWatch> Layers => [.. _recording.Layers.Zip(_statistics.Snapshot(), (recording, statistics) => new LayerWatch(recording, statistics))];
}

/// <summary>One recurrent layer: its last steps, and statistics of all steps.</summary>
internal sealed record LayerWatch(LayerRecording Recording, LayerSnapshot Statistics)
{
    public string Name => Statistics.Name;

    /// <summary>Half-lives of the units' memories in steps, shortest first; empty for an RNN.</summary>
    public double[] HalfLives() => [.. Statistics.UnitMemory.Select(memory => memory.HalfLifeSteps).Order()];
}
