namespace Latch.Anomaly;

/// <summary>Watches a stream: compares each sample with its forecast, scores it, and raises alarms.</summary>
/// <remarks>
/// The score is the largest -log10 p over all channels and <see cref="AlarmReason"/>s, where p is the probability learnt in training.
/// A missing reading (NaN) leaves the channel's windows as if the forecast had been right and is counted; a run of missing
/// readings scores by itself. A step allocates nothing. One detector serves one stream, on one thread at a time.
/// </remarks>
public sealed class AnomalyDetector
{
    private readonly AnomalyProfile _profile;
    private readonly ResidualStatistics _statistics;
    private readonly double[] _values;
    private AlarmState _state;
    private long _step;

    /// <summary>Starts a detector before its first step.</summary>
    /// <param name="profile">What was learnt in training.</param>
    /// <param name="alarmsPerHour">The rate of alarms to allow on data like the training's; above zero.</param>
    public AnomalyDetector(AnomalyProfile profile, double alarmsPerHour = 1)
    {
        ArgumentNullException.ThrowIfNull(profile);
        _profile = profile;
        _statistics = new ResidualStatistics(profile.Settings, profile.Residuals);
        _values = new double[profile.Channels.Count * ResidualStatistics.PerChannel];
        Threshold = profile.Threshold(alarmsPerHour);
        _state = NewState();
    }

    /// <summary>The score at which an alarm starts.</summary>
    public double Threshold { get; private set; }

    /// <summary>Steps taken since the start or the last <see cref="Reset"/>.</summary>
    public long Steps => _step;

    /// <summary>Whether the warm-up lasts; scores are then 0.</summary>
    public bool IsWarmingUp => _step <= _profile.Settings.WarmUp;

    /// <summary>Whether an alarm lasts.</summary>
    public bool InAlarm => _state.Active;

    /// <summary>The alarm that lasts, or else the last one; without meaning before the first.</summary>
    public Alarm Alarm => _state.Current;

    /// <summary>The channel with the highest score of the last step.</summary>
    public int TopChannel { get; private set; }

    /// <summary>The reason with the highest score of the last step.</summary>
    public AlarmReason TopReason { get; private set; }

    /// <summary>Readings that were missing so far, over all channels.</summary>
    public long MissingReadings { get; private set; }

    /// <summary>Scores one sample.</summary>
    /// <param name="observed">One reading per channel; NaN where it is missing.</param>
    /// <param name="forecast">The forecast of this very sample, made at the step before, in the same unit; NaN where there is none.</param>
    /// <param name="ended">True when an alarm ended with this step; <see cref="Alarm"/> then describes it in full.</param>
    /// <returns>The score, -log10 of a probability: 0 in the warm-up.</returns>
    /// <exception cref="ArgumentException">A span does not have one value per channel.</exception>
    public double Step(ReadOnlySpan<float> observed, ReadOnlySpan<float> forecast, out bool ended)
    {
        if (observed.Length != _profile.Channels.Count || forecast.Length != observed.Length)
            ThrowLengths(observed.Length, forecast.Length);
        foreach (float reading in observed)
            MissingReadings += float.IsNaN(reading) ? 1 : 0;
        _statistics.Step(observed, forecast, _step, _values);
        double score = _step < _profile.Settings.WarmUp ? 0 : Score();
        ended = _state.Step(score, TopChannel, TopReason, _step);
        _step++;
        return score;
    }

    /// <summary>Forgets the stream: windows, alarm and counts.</summary>
    public void Reset()
    {
        _statistics.Reset();
        _state = NewState();
        _step = 0;
        MissingReadings = 0;
    }

    /// <summary>Sets another rate of alarms; windows, counts and an alarm that lasts are kept.</summary>
    /// <param name="alarmsPerHour">The rate of alarms to allow on data like the training's; above zero.</param>
    public void SetAlarmsPerHour(double alarmsPerHour)
    {
        Threshold = _profile.Threshold(alarmsPerHour);
        _state.SetLevels(Threshold, Release);
    }

    /// <summary>Numbers of <see cref="SaveState"/>.</summary>
    public int StateSize => _statistics.StateSize + AlarmState.Size + 2;

    /// <summary>Copies windows, counts and alarm: with <see cref="LoadState"/> a detector of the same profile continues with the same scores.</summary>
    /// <param name="state"><see cref="StateSize"/> numbers.</param>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    public void SaveState(Span<double> state)
    {
        CheckState(state.Length);
        state = _statistics.Save(state);
        _state.Save(state);
        (state[AlarmState.Size], state[AlarmState.Size + 1]) = (_step, MissingReadings);
    }

    /// <summary>Takes back what <see cref="SaveState"/> copied.</summary>
    /// <param name="state"><see cref="StateSize"/> numbers of a detector of the same profile.</param>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    public void LoadState(ReadOnlySpan<double> state)
    {
        CheckState(state.Length);
        state = _statistics.Load(state);
        _state.Load(state);
        (_step, MissingReadings) = ((long)state[AlarmState.Size], (long)state[AlarmState.Size + 1]);
    }

    private double Release => Threshold - _profile.Settings.ReleaseMargin;

    private AlarmState NewState() => new(Threshold, Release, _profile.Settings.HoldSteps);

    private void CheckState(int length)
    {
        if (length != StateSize)
            throw new ArgumentException($"The state of this detector has {StateSize} numbers, but {length} were given.");
    }

    private double Score()
    {
        double highest = _profile.Score(_values, out int at);
        TopChannel = at / ResidualStatistics.PerChannel;
        TopReason = (AlarmReason)(at % ResidualStatistics.PerChannel);
        return highest;
    }

    private void ThrowLengths(int observed, int forecast) =>
        throw new ArgumentException($"The profile has {_profile.Channels.Count} channels, but {observed} readings and {forecast} forecasts were given.");
}
