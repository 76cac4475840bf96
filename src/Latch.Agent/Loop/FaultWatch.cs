using Latch.Agent.Configuration;
using Latch.Runtime;

namespace Latch.Agent.Loop;

/// <summary>What the loop does with a sample.</summary>
internal enum StepDecision
{
    /// <summary>Steps with the sample as it was left by the watch.</summary>
    Step,

    /// <summary>Takes no step.</summary>
    Skip,

    /// <summary>Forgets the session's state and takes no step.</summary>
    Reset,
}

/// <summary>Tells sensor faults and applies their policies. A reading that is to be held is handed on as NaN: the session holds its last value, and the detector counts it as missing.</summary>
/// <remarks>A check allocates nothing while the faults stay the same.</remarks>
internal sealed class FaultWatch
{
    private const float Missing = float.NaN;

    private readonly FaultPolicy[] _policies;
    private readonly ReadingLimits _limits;
    private readonly FaultCounts _counts;
    private readonly Action<FaultKind, bool, string> _report;
    private readonly IReadOnlyList<string> _names;
    private readonly int[] _stuckChannels;
    private readonly long _timeout;
    private readonly long _stuckSamples;
    private readonly int _resetAfter;
    private readonly float[] _last;
    private readonly long[] _same;
    private long _lastFresh;
    private bool _any;
    private int _ofSample;
    private int _resetRun;
    private string _detail = "";

    /// <param name="model">The model that runs.</param>
    /// <param name="options">Limits and policies.</param>
    /// <param name="rate">Samples per second.</param>
    /// <param name="now">The loop's clock.</param>
    /// <param name="counts">Counts, kept when the options change.</param>
    /// <param name="report">Told when a fault begins or ends, with a remark.</param>
    /// <exception cref="AgentException">The options name a channel that the model does not have.</exception>
    public FaultWatch(LatchModel model, FaultOptions options, double rate, long now, FaultCounts counts, Action<FaultKind, bool, string> report)
    {
        _policies = [options.DeviceGone, options.Timeout, options.Missing, options.OutOfRange, options.Stuck];
        (_limits, _counts, _report, _lastFresh) = (new ReadingLimits(model, options), counts, report, now);
        _names = [.. Enumerable.Range(0, model.InputSize).Select(at => at < model.Channels.Count ? model.Channels[at].Name : $"input {at + 1}")];
        _stuckChannels = [.. options.StuckChannels.Select(name => ReadingLimits.IndexOf(model, name, "faults.stuckChannels"))];
        _timeout = (long)(1e9 * (options.TimeoutSeconds ?? Math.Max(1, 3 / rate)));
        _stuckSamples = options.StuckSeconds == 0 ? long.MaxValue : Math.Max(1, (long)Math.Ceiling(options.StuckSeconds * rate));
        _resetAfter = options.ResetAfter;
        (_last, _same) = (new float[model.InputSize], new long[model.InputSize]);
        _last.AsSpan().Fill(Missing);
    }

    /// <summary>Looks at one point of the grid.</summary>
    /// <param name="fresh">Whether <paramref name="sample"/> is new; otherwise it is the one before, as the last check has left it.</param>
    /// <param name="sample">Readings in the model's order; changed where readings are to be held.</param>
    /// <param name="now">The loop's clock, in nanoseconds.</param>
    /// <param name="gone">Why there is no device; null while there is one.</param>
    public StepDecision Check(bool fresh, Span<float> sample, long now, string? gone)
    {
        if (fresh)
        {
            _lastFresh = now;
            _ofSample = CheckReadings(sample);
        }

        int present = _ofSample;
        if (gone is not null || now - _lastFresh >= _timeout)
        {
            present = Bit(gone is null ? FaultKind.Timeout : FaultKind.DeviceGone);
            _detail = gone ?? "";
            sample.Fill(Missing);
        }

        Report(_counts.Take(present), present);
        return Decide(present);
    }

    private static int Bit(FaultKind kind) => 1 << (int)kind;

    private StepDecision Decide(int present)
    {
        FaultPolicy policy = FaultPolicy.Hold;
        bool resets = false;
        for (int kind = 0; kind < _policies.Length; kind++)
        {
            if ((present >> kind & 1) == 0)
                continue;
            resets |= _policies[kind] == FaultPolicy.Reset;
            if (_policies[kind] == FaultPolicy.Skip)
                policy = FaultPolicy.Skip;
        }

        _resetRun = resets ? _resetRun + 1 : 0;
        if (_resetRun == _resetAfter)
            return StepDecision.Reset;
        // Before the first sample there is nothing to hold.
        return policy == FaultPolicy.Skip || _resetRun > _resetAfter || !_any ? StepDecision.Skip : StepDecision.Step;
    }

    private int CheckReadings(Span<float> sample)
    {
        int present = 0;
        bool moved = false;
        string detail = "";
        for (int at = 0; at < sample.Length; at++)
        {
            float reading = sample[at];
            _same[at] = reading == _last[at] ? _same[at] + 1 : 0;
            moved |= _same[at] < _stuckSamples;
            _last[at] = reading;
            if (float.IsFinite(reading) && _limits.Allow(at, reading))
            {
                _any = true;
                continue;
            }

            FaultKind kind = float.IsFinite(reading) ? FaultKind.OutOfRange : FaultKind.Missing;
            if ((present & Bit(kind)) == 0)
                detail = _names[at];
            present |= Bit(kind);
            sample[at] = Missing;
        }

        bool stuck = _stuckChannels.Length == 0 && !moved;
        foreach (int channel in _stuckChannels)
        {
            if (_same[channel] < _stuckSamples)
                continue;
            stuck = true;
            if (detail.Length == 0)
                detail = _names[channel];
        }

        present |= stuck ? Bit(FaultKind.Stuck) : 0;
        if (present != 0)
            _detail = detail;
        return present;
    }

    private void Report(int changed, int present)
    {
        if (changed == 0)
            return;
        for (int kind = 0; kind < _policies.Length; kind++)
            if ((changed >> kind & 1) != 0)
                _report((FaultKind)kind, (present >> kind & 1) != 0, _detail);
    }
}
