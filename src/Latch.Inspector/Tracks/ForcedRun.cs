using Latch.Anomaly;
using Latch.Runtime;
using Latch.Telemetry;

namespace Latch.Inspector.Tracks;

/// <summary>The counterfactual of a model: what its forced gates change, step by step.</summary>
internal sealed class ForcedRun
{
    private readonly IntegerTrack _base;
    private readonly CounterfactualRunner _runner;

    /// <param name="inspected">The model.</param>
    /// <param name="untouched">Its untouched track.</param>
    /// <param name="forces">What is forced.</param>
    /// <param name="cut">Layers whose recurrence is cut.</param>
    /// <param name="capacity">Steps held.</param>
    /// <param name="from">Step from which on gates are forced: 0, or the step that <paramref name="untouched"/> takes next.</param>
    /// <exception cref="ArgumentException">The model cannot step, or has no such layer, gate or unit.</exception>
    public ForcedRun(InspectedModel inspected, IntegerTrack untouched, IReadOnlyList<ForcedGate> forces, IReadOnlyList<int> cut, int capacity, long from)
    {
        (_base, Forces, Cut, From) = (untouched, forces, cut, from);
        _runner = new CounterfactualRunner(inspected.Model, forces, cut);
        Track = new IntegerTrack(inspected, _runner, from, capacity);
        if (from == 0)
            return;
        _runner.ContinueFrom(untouched.Session);
        Track.ContinueFrom(untouched);
    }

    public IReadOnlyList<ForcedGate> Forces { get; }

    public IReadOnlyList<int> Cut { get; }

    /// <summary>The first step with forced gates.</summary>
    public long From { get; }

    /// <summary>The forced run.</summary>
    public IntegerTrack Track { get; }

    /// <summary>What differs from the untouched run; steps are counted from <see cref="From"/>.</summary>
    public Counterfactual Counterfactual => _runner.Counterfactual;

    /// <summary>How the score changes, over the steps after the warm-up of the forced run's detector; null without a profile.</summary>
    public ScoreChange? Score { get; private set; }

    /// <summary>Takes in a sample that the untouched track has taken in.</summary>
    public void Step(ReadOnlySpan<float> sample)
    {
        long step = Track.End;
        Track.Step(sample);
        if (Track.Scorer is { } scorer && step >= scorer.FirstScored)
            (Score ??= new ScoreChange()).Add(step, _base.Scores!.Row(step)[0], Track.Scores!.Row(step)[0]);
    }

    private sealed class CounterfactualRunner(LatchModel model, IReadOnlyList<ForcedGate> forces, IReadOnlyList<int> cut) : IStepRunner
    {
        private readonly float[] _untouched = new float[model.OutputSize];

        public Counterfactual Counterfactual { get; } = new(model, forces, cut);

        public Session Session => Counterfactual.Forced;

        public bool TryStep<TProbe>(ReadOnlySpan<float> sample, Span<float> result, ref TProbe probe)
            where TProbe : struct, IGateProbe
        {
            NoGateProbe none = default;
            Counterfactual.Step(sample, _untouched, result, ref none, ref probe);
            return true;
        }

        public void ContinueFrom(Session session)
        {
            int[] state = new int[session.StateSize];
            session.SaveState(state);
            Counterfactual.Untouched.LoadState(state);
            Counterfactual.Forced.LoadState(state);
        }
    }
}
