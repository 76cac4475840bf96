namespace Latch.Anomaly;

/// <summary>Learns an <see cref="AnomalyProfile"/> in three steps: residuals, tails of the statistics, rate of alarms.</summary>
internal sealed class ProfileFitter
{
    private const int FewestSteps = 200; // after the warm-up
    private const int Blocks = 6;
    private readonly string[] _channels;
    private readonly double _sampleRate;
    private readonly DetectorSettings _settings;

    internal ProfileFitter(IReadOnlyList<string> channels, double sampleRate, DetectorSettings settings)
    {
        ArgumentNullException.ThrowIfNull(channels);
        ArgumentOutOfRangeException.ThrowIfZero(channels.Count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleRate);
        if (settings.Fault() is { } fault)
            throw new ArgumentException($"The settings cannot be used: {fault}.", nameof(settings));
        _channels = [.. channels];
        _sampleRate = sampleRate;
        _settings = settings;
    }

    internal AnomalyProfile Fit(ReadOnlySpan<float> observed, ReadOnlySpan<float> forecasts)
    {
        int steps = observed.Length / _channels.Length;
        if (observed.Length != steps * _channels.Length || forecasts.Length != observed.Length)
            throw new ArgumentException($"{observed.Length} readings and {forecasts.Length} forecasts are not whole, equally many rows of {_channels.Length} channels.");
        if (steps < _settings.WarmUp + FewestSteps)
            throw new ArgumentException($"{steps} steps are too few: a profile needs at least {_settings.WarmUp + FewestSteps}, better an hour.");
        CheckFinite(observed, "reading");
        CheckFinite(forecasts, "forecast");

        (ChannelResidual[] residuals, TailModel[] tails, _) = Learn(observed, forecasts, 0, 0);
        double hours = (steps - _settings.WarmUp) / _sampleRate / 3600;
        return new(_channels, _sampleRate, _settings, residuals, tails, AlarmRateModel.Fit(UnseenScores(observed, forecasts, steps), _settings, hours));
    }

    /// <summary>
    /// Scores of the training series as if it were new: each block is scored by what was learnt from the other blocks.
    /// Ordinary work changes its kind over time; scores learnt from the very steps they judge would not show that.
    /// </summary>
    private double[] UnseenScores(ReadOnlySpan<float> observed, ReadOnlySpan<float> forecasts, int steps)
    {
        int count = steps - _settings.WarmUp;
        double[] scores = new double[count];
        for (int block = 0; block < Blocks; block++)
        {
            int first = (int)((long)count * block / Blocks), after = (int)((long)count * (block + 1) / Blocks);
            (_, TailModel[] tails, double[][] statistics) = Learn(observed, forecasts, first, after);
            for (int i = 0; i < tails.Length; i++)
                for (int at = first; at < after; at++)
                    scores[at] = Math.Max(scores[at], tails[i].Score(statistics[i][at]));
        }

        return scores;
    }

    /// <summary>Learns from all steps after the warm-up but those from <paramref name="first"/> to before <paramref name="after"/>.</summary>
    private (ChannelResidual[] Residuals, TailModel[] Tails, double[][] Statistics) Learn(
        ReadOnlySpan<float> observed, ReadOnlySpan<float> forecasts, int first, int after)
    {
        ChannelResidual[] residuals = FitResiduals(observed, forecasts, first, after);
        double[][] statistics = Statistics(observed, forecasts, residuals);
        TailModel[] tails = new TailModel[statistics.Length];
        for (int i = 0; i < tails.Length; i++)
        {
            double[] values = [.. statistics[i].AsSpan(0, first), .. statistics[i].AsSpan(after)];
            tails[i] = TailModel.Fit(values, Window(i), SmallestScale(i, values));
        }

        return (residuals, tails, statistics);
    }

    private ChannelResidual[] FitResiduals(ReadOnlySpan<float> observed, ReadOnlySpan<float> forecasts, int first, int after)
    {
        ChannelResidual[] residuals = new ChannelResidual[_channels.Length];
        for (int channel = 0; channel < _channels.Length; channel++)
        {
            double count = 0, sum = 0, squares = 0, level = 0;
            for (int row = _settings.WarmUp; row < observed.Length / _channels.Length; row++)
            {
                int at = (row * _channels.Length) + channel;
                double residual = (double)observed[at] - forecasts[at];
                bool isLeftOut = row - _settings.WarmUp >= first && row - _settings.WarmUp < after;
                if (double.IsNaN(residual) || isLeftOut)
                    continue;
                count++;
                sum += residual;
                squares += residual * residual;
                level = Math.Max(level, Math.Abs(observed[at]));
            }

            if (count == 0)
                throw new ArgumentException($"Channel '{_channels[channel]}' has no reading with a forecast; leave it out.");
            double mean = sum / count;
            double variance = Math.Max(0, (squares / count) - (mean * mean));
            residuals[channel] = new(mean, Math.Max(Math.Sqrt(variance), 1e-6 * Math.Max(1, level)));
        }

        return residuals;
    }

    /// <summary>Every statistic over the steps after the warm-up: [channel and reason][step].</summary>
    private double[][] Statistics(ReadOnlySpan<float> observed, ReadOnlySpan<float> forecasts, ChannelResidual[] residuals)
    {
        int count = _channels.Length;
        int steps = observed.Length / count;
        ResidualStatistics streaming = new(_settings, residuals);
        double[] now = new double[count * ResidualStatistics.PerChannel];
        double[][] all = [.. now.Select(_ => new double[steps - _settings.WarmUp])];
        for (int step = 0; step < steps; step++)
        {
            streaming.Step(observed.Slice(step * count, count), forecasts.Slice(step * count, count), step, now);
            for (int i = 0; i < now.Length && step >= _settings.WarmUp; i++)
                all[i][step - _settings.WarmUp] = now[i];
        }

        return all;
    }

    /// <summary>Steps a statistic looks back: values further apart share no residual.</summary>
    private int Window(int statistic) => (AlarmReason)(statistic % ResidualStatistics.PerChannel) switch
    {
        AlarmReason.Shift or AlarmReason.Burst => _settings.ShortWindow,
        AlarmReason.Drift => _settings.LongWindow,
        _ => 1,
    };

    /// <summary>
    /// A lower bound for a tail's scale. Residual statistics count in standard deviations. Runs count in steps: one longer than
    /// ever by its own length is ten times less likely, and where a run filled a quarter of the training, none is unlikely.
    /// </summary>
    private static double SmallestScale(int statistic, double[] values)
    {
        if ((AlarmReason)(statistic % ResidualStatistics.PerChannel) is not (AlarmReason.Still or AlarmReason.Missing))
            return 0.02;
        double longest = values.Max();
        return 4 * longest > values.Length ? 1e12 : Math.Max(4, longest / Math.Log(10));
    }

    private void CheckFinite(ReadOnlySpan<float> values, string what)
    {
        for (int i = 0; i < values.Length; i++)
            if (float.IsInfinity(values[i]))
                throw new ArgumentException($"The {what} of channel '{_channels[i % _channels.Length]}' at step {i / _channels.Length} is infinite.");
    }
}
