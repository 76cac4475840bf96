using Latch.Benchmarks.Models;
using Latch.Benchmarks.Timing;
using Latch.Model;
using Latch.Runtime;
using Latch.Telemetry;

namespace Latch.Benchmarks.Contenders;

/// <summary>The names of the contenders in tables.</summary>
internal static class Watch
{
    public const string Bare = "bare step";
    public const string Empty = "step with a probe that does nothing";
    public const string Statistics = "step with statistics";
    public const string Sampled = "step with statistics, every 10th watched";
    public const string Recorded = "step with statistics and a recording of 1000 steps";

    /// <summary>All, in the order of the tables.</summary>
    public static IReadOnlyList<string> All { get; } = [Bare, Empty, Statistics, Sampled, Recorded];
}

/// <summary>A streaming layer with real numbers in and out, stepped bare and watched in several ways; each way has a session of its own.</summary>
internal sealed class WatchedStep
{
    private const int RecordedSteps = 1000;
    private const int Every = 10;

    private readonly LatchModel _model;
    private readonly int _width;
    private readonly float[] _samples;

    /// <summary>Prepares a streaming model.</summary>
    public WatchedStep(ModelDefinition definition, string? kernel, float[] samples)
    {
        _model = LatchModel.Create(definition, new LatchModelOptions { Kernel = kernel });
        (_width, _samples) = (_model.InputSize, samples);
    }

    /// <summary>Name of the kernel in use.</summary>
    public string Kernel => _model.Kernel;

    /// <summary>One contender for each of <see cref="Watch.All"/>.</summary>
    public Contender[] Contenders()
    {
        GateStatistics statistics = new(_model), sampled = new(_model, new StatisticsOptions { Every = Every }), recorded = new(_model);
        GateRecording recording = new(_model, RecordedSteps);
        return
        [
            new(Watch.Bare, "", 1, Bare()),
            new(Watch.Empty, "", 1, Watched(default(EmptyProbe))),
            new(Watch.Statistics, "", 1, Watched(statistics.Probe)),
            new(Watch.Sampled, "", 1, Sampled(sampled)),
            new(Watch.Recorded, "", 1, Watched(new ProbePair<RecordingProbe, StatisticsProbe>(recording.Probe, recorded.Probe))),
        ];
    }

    private Action<int> Bare()
    {
        Session session = _model.CreateSession();
        float[] result = new float[_model.OutputSize];
        int next = 0;
        return calls =>
        {
            for (int call = 0; call < calls; call++)
                session.Step(Sample(ref next), result);
        };
    }

    private Action<int> Watched<TProbe>(TProbe probe)
        where TProbe : struct, IGateProbe
    {
        Session session = _model.CreateSession();
        float[] result = new float[_model.OutputSize];
        int next = 0;
        return calls =>
        {
            for (int call = 0; call < calls; call++)
                session.Step(Sample(ref next), result, ref probe);
        };
    }

    private Action<int> Sampled(GateStatistics statistics)
    {
        SampledSession<StatisticsProbe> session = statistics.Sample(_model.CreateSession());
        float[] result = new float[_model.OutputSize];
        int next = 0;
        return calls =>
        {
            for (int call = 0; call < calls; call++)
                session.Step(Sample(ref next), result);
        };
    }

    private ReadOnlySpan<float> Sample(ref int next)
    {
        ReadOnlySpan<float> sample = _samples.AsSpan(next, _width);
        next = next + _width == _samples.Length ? 0 : next + _width;
        return sample;
    }

    /// <summary>Sees every step and does nothing with it: what watching costs by itself.</summary>
    private readonly struct EmptyProbe : IGateProbe
    {
        public void OnStep(in GateFrame frame)
        {
        }
    }
}
