using Latch.Quantize.Weights;

namespace Latch.Quantize.Precision;

/// <summary>The model as it stands in a search, and what was tried to get there.</summary>
internal sealed class PrecisionTrials
{
    // Each is a build and a run over the held-back data.
    private const int Most = 400;

    private readonly HeldBackCheck _check;
    private readonly double _budget;
    private readonly double _startDb;
    private readonly List<PrecisionStep> _steps = [];
    private int _count;

    public PrecisionTrials(ModelBuilder builder, QuantizeOptions options, HeldBackCheck check)
    {
        (Builder, Options, _check, _budget) = (builder, options, check, options.Budget);
        Error = Measure(builder, options);
        _startDb = HeldBackError.ToDecibel(Error.Relative);
    }

    public ModelBuilder Builder { get; private set; }

    public QuantizeOptions Options { get; private set; }

    public HeldBackError Error { get; private set; }

    /// <summary>Number of changes kept so far.</summary>
    public int Version { get; private set; }

    public bool IsMet => Holds(Error);

    /// <summary>Whether no more is to be tried.</summary>
    public bool IsSpent => _count >= Most;

    public PrecisionReport Report => new(
        HeldBackError.ToDecibel(_budget), _startDb, HeldBackError.ToDecibel(Error.Relative), IsMet, [.. _steps]);

    public bool Holds(HeldBackError error) => error.Relative <= _budget;

    public HeldBackError Measure(QuantizeOptions options) => Measure(Builder, options);

    /// <summary>Measures a change and keeps it if it helps.</summary>
    public bool Try(PrecisionAction action, string target, QuantizeOptions options, ModelBuilder? builder = null)
    {
        HeldBackError error = Measure(builder ?? Builder, options);
        bool kept = error.IsBetterThan(Error);
        Log(action, target, 0, error, kept);
        if (kept)
            Take(options, error, builder);
        return kept;
    }

    /// <summary>Keeps or drops a change of widths that was measured.</summary>
    public void Decide(PrecisionAction action, string target, double work, QuantizeOptions options, HeldBackError error, bool keep)
    {
        Log(action, target, work, error, keep);
        if (keep)
            Take(options, error, null);
    }

    /// <summary>Takes back all corrections of biases: they are to be measured anew.</summary>
    public void DropBiasCorrections()
    {
        _steps.RemoveAll(static step => step.Action == PrecisionAction.CorrectBias);
        if (Options.Weights.Shifts.Count == 0)
            return;
        QuantizeOptions options = Options with { Weights = Options.Weights with { Shifts = WeightChoices.None.Shifts } };
        Take(options, Measure(options), null);
    }

    private void Take(QuantizeOptions options, HeldBackError error, ModelBuilder? builder)
    {
        (Options, Error, Builder) = (options, error, builder ?? Builder);
        Version++;
    }

    private void Log(PrecisionAction action, string target, double work, HeldBackError error, bool kept)
    {
        bool built = double.IsFinite(error.Square);
        _steps.Add(new PrecisionStep(
            action, target, built ? 1 - error.Square / Error.Square : 0, work, HeldBackError.ToDecibel(Error.Relative), built ? HeldBackError.ToDecibel(error.Relative) : null, kept));
    }

    // What a change makes impossible to build is a change that does not help.
    private HeldBackError Measure(ModelBuilder builder, QuantizeOptions options)
    {
        _count++;
        try
        {
            return _check.Measure(builder.Build(options));
        }
        catch (QuantizeException) when (_count > 1)
        {
            return HeldBackError.Infinite;
        }
    }
}
