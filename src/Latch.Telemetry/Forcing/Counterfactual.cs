using Latch.Runtime;

namespace Latch.Telemetry;

/// <summary>
/// What would happen if: a session whose gates are forced runs beside an untouched one on the same samples. A third one, forced alike but with every recurrence cut,
/// tells what the past still does through the hidden state alone. A step allocates nothing.
/// </summary>
public sealed class Counterfactual
{
    private readonly LayerDivergence[] _layers;
    private readonly Session _cut;
    private readonly float[] _cutResult;
    private readonly double[] _means;
    private double _spread;
    private double _past;

    /// <summary>Starts both sessions before their first step.</summary>
    /// <param name="model">A model that can step.</param>
    /// <param name="forces">What is forced, in this order.</param>
    /// <param name="cutLayers">Layers whose recurrent product takes h = 0 (<see cref="GateControl.CutRecurrence"/>).</param>
    /// <exception cref="ArgumentException">The model cannot step, or has no such layer, gate or unit.</exception>
    public Counterfactual(LatchModel model, IReadOnlyList<ForcedGate> forces, IReadOnlyList<int>? cutLayers = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(forces);
        if (!model.CanStep)
            throw new ArgumentException($"The model takes whole windows only: {model.NotStreamableReason} A counterfactual needs one that can step.", nameof(model));
        (Untouched, Forced, _cut) = (model.CreateSession(), Start(model, forces, cutLayers ?? []), Start(model, forces, [.. Enumerable.Range(0, model.Layers.Count)]));
        _layers = new LayerDivergence[model.Layers.Count];
        for (int layer = 0; layer < _layers.Length; layer++)
            _layers[layer] = new LayerDivergence(layer, model.Definition.Layers[layer]);
        (_cutResult, _means) = (new float[model.OutputSize], new double[model.OutputSize]);
    }

    /// <summary>The session nobody touches.</summary>
    public Session Untouched { get; }

    /// <summary>The session with forced gates.</summary>
    public Session Forced { get; }

    /// <summary>Steps taken.</summary>
    public long Steps { get; private set; }

    /// <summary>Results of the forced session against those of the untouched one.</summary>
    public Divergence Outputs { get; } = new();

    /// <summary>The same within each recurrent layer.</summary>
    public IReadOnlyList<LayerDivergence> Layers => _layers;

    /// <summary>
    /// How much of the forced session's output comes from the past through h: rms difference to a session that is forced alike and whose recurrent products are all cut,
    /// over the rms deviation of the forced output from its mean. 0: every output depends on what the cell keeps and on its own sample only. Null where the output does not move.
    /// </summary>
    public double? PastShare => _spread > 0 ? Math.Sqrt(_past / _spread) : null;

    /// <summary>One step of all sessions, watched by nobody else.</summary>
    /// <param name="sample"><see cref="LatchModel.InputSize"/> readings.</param>
    /// <param name="untouched">Result of the untouched session.</param>
    /// <param name="forced">Result of the forced session.</param>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    public void Step(ReadOnlySpan<float> sample, Span<float> untouched, Span<float> forced)
    {
        NoGateProbe none = default;
        Step(sample, untouched, forced, ref none, ref none);
    }

    /// <summary>As <see cref="Step(ReadOnlySpan{float}, Span{float}, Span{float})"/>, each session watched by a probe.</summary>
    /// <param name="sample"><see cref="LatchModel.InputSize"/> readings.</param>
    /// <param name="untouched">Result of the untouched session.</param>
    /// <param name="forced">Result of the forced session.</param>
    /// <param name="untouchedProbe">Sees the untouched session.</param>
    /// <param name="forcedProbe">Sees the forced session.</param>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    public void Step<TUntouched, TForced>(
        ReadOnlySpan<float> sample, Span<float> untouched, Span<float> forced, ref TUntouched untouchedProbe, ref TForced forcedProbe)
        where TUntouched : struct, IGateProbe
        where TForced : struct, IGateProbe
    {
        var keep = new ProbePair<KeepProbe, TUntouched>(new KeepProbe(_layers), untouchedProbe);
        Untouched.Step(sample, untouched, ref keep);
        untouchedProbe = keep.Second;
        var compare = new ProbePair<CompareProbe, TForced>(new CompareProbe(_layers, Steps), forcedProbe);
        Forced.Step(sample, forced, ref compare);
        forcedProbe = compare.Second;
        Outputs.Add(Steps, forced, untouched);
        _cut.Step(sample, _cutResult);
        Steps++;
        AddPast(forced);
    }

    private static Session Start(LatchModel model, IReadOnlyList<ForcedGate> forces, IReadOnlyList<int> cutLayers)
    {
        Session session = model.CreateSession();
        foreach (ForcedGate force in forces)
            force.Apply(session.Gates);
        foreach (int layer in cutLayers)
            session.Gates.CutRecurrence(layer);
        return session;
    }

    /// <summary>Squares about the mean by Welford's update: exactly 0 for an output that does not move.</summary>
    private void AddPast(ReadOnlySpan<float> forced)
    {
        for (int i = 0; i < forced.Length; i++)
        {
            double past = (double)forced[i] - _cutResult[i], delta = forced[i] - _means[i];
            _means[i] += delta / Steps;
            _spread += delta * (forced[i] - _means[i]);
            _past += past * past;
        }
    }

    private readonly struct KeepProbe(LayerDivergence[] layers) : IGateProbe
    {
        public void OnStep(in GateFrame frame) => layers[frame.Layer].Keep(frame);
    }

    private readonly struct CompareProbe(LayerDivergence[] layers, long step) : IGateProbe
    {
        public void OnStep(in GateFrame frame) => layers[frame.Layer].Compare(frame, step);
    }
}
