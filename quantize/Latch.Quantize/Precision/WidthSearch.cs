namespace Latch.Quantize.Precision;

/// <summary>
/// Gives 16 bits to the tensors and states of which they take away most error per unit of extra work, until the budget holds or nothing helps; then takes
/// them back where they turn out not to be needed.
/// </summary>
internal sealed class WidthSearch
{
    private readonly PrecisionTrials _trials;
    private readonly IReadOnlySet<string> _given;
    private readonly Dictionary<string, Gain> _gains = [];

    // The version of the model for which nothing is left to be widened.
    private int _exhausted = -1;

    public WidthSearch(PrecisionTrials trials) => (_trials, _given) = (trials, trials.Options.WideValues);

    /// <summary>What each int8 tensor and state costs as the model stands, the highest first.</summary>
    public IReadOnlyList<TensorCost> Costs()
    {
        foreach (string name in _trials.Builder.NarrowNames(_trials.Options))
            Measure(name);
        return [.. _gains.Where(static pair => double.IsFinite(pair.Value.Square))
            .Select(pair => new TensorCost(pair.Key, pair.Value.Square / _trials.Error.Square, pair.Value.Error.Rms)).OrderByDescending(static cost => cost.Share)];
    }

    /// <summary>Widens until the budget holds, nothing helps, or too much was tried.</summary>
    public void Widen()
    {
        while (!_trials.IsMet && _exhausted != _trials.Version && (WidenBest() || WidenRest()))
        {
        }
        _exhausted = _trials.Version;
    }

    /// <summary>Narrows again what the budget can do without - or, where it is not met, what makes no difference; the most work first.</summary>
    public void Narrow()
    {
        HeldBackError reached = _trials.Error;
        bool met = _trials.IsMet;
        foreach (string name in _trials.Options.WideValues.Except(_given).OrderByDescending(name => _gains[name].Work).ThenBy(static name => name, StringComparer.Ordinal).ToArray())
        {
            if (_trials.IsSpent)
                return;
            QuantizeOptions options = _trials.Options with { WideValues = _trials.Options.WideValues.Where(other => other != name).ToHashSet() };
            HeldBackError error = _trials.Measure(options);
            _trials.Decide(PrecisionAction.Narrow, name, -_gains[name].Work, options, error, met ? _trials.Holds(error) : error.IsAsGoodAs(reached));
        }
    }

    // Gains that were measured before the last change are a guess; the best one is measured anew before it is taken. Once none looks good any more, all are.
    private bool WidenBest()
    {
        while (!_trials.IsSpent)
        {
            string? best = Candidates().Where(name => _gains[name].Helped).MaxBy(name => _gains[name].Square / _gains[name].Work);
            if (best is not null && IsFresh(best))
            {
                _trials.Decide(PrecisionAction.Widen, best, _gains[best].Work, Wide([best]), _gains[best].Error, keep: true);
                return true;
            }
            string[] stale = [.. best is null ? Candidates().Where(name => !IsFresh(name)) : [best]];
            if (stale.Length == 0)
                return false;
            foreach (string name in stale)
                Measure(name);
        }
        return false;
    }

    // Where no tensor alone helps, all together may: the error of one hides behind those of the others.
    private bool WidenRest()
    {
        string[] rest = [.. Candidates()];
        if (rest.Length < 2 || _trials.IsSpent)
            return false;
        HeldBackError error = _trials.Measure(Wide(rest));
        bool keep = error.IsBetterThan(_trials.Error);
        _trials.Decide(PrecisionAction.Widen, string.Join(", ", rest), rest.Sum(name => _gains[name].Work), Wide(rest), error, keep);
        return keep;
    }

    private IEnumerable<string> Candidates() => _gains.Keys.Where(name => !_trials.Options.WideValues.Contains(name)).OrderBy(static name => name, StringComparer.Ordinal);

    private bool IsFresh(string name) => _gains[name].Version == _trials.Version;

    private void Measure(string name)
    {
        HeldBackError error = _trials.Measure(Wide([name]));
        double work = _gains.TryGetValue(name, out Gain? known) ? known.Work : _trials.Builder.ExtraWork(name, _trials.Options);
        _gains[name] = new Gain(error, _trials.Error.Square - error.Square, work, _trials.Version, error.IsBetterThan(_trials.Error));
    }

    private QuantizeOptions Wide(IEnumerable<string> names) => _trials.Options with { WideValues = _trials.Options.WideValues.Concat(names).ToHashSet() };

    // Error with a tensor in 16 bits, the square that went away, the extra work, when that was measured, and whether it helped.
    private sealed record Gain(HeldBackError Error, double Square, double Work, int Version, bool Helped);
}
