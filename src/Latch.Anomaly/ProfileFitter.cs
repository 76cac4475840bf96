namespace Latch.Anomaly;

/// <summary>Learns an <see cref="AnomalyProfile"/> in three passes: residuals, tails of the statistics, rate of alarms.</summary>
internal sealed class ProfileFitter
{
    private const int FewestSteps = 200; // after the warm-up
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

        ChannelResidual[] residuals = FitResiduals(observed, forecasts);
        double[][] statistics = Statistics(observed, forecasts, residuals);
        TailModel[] tails = [.. statistics.Select((values, i) => TailModel.Fit((double[])values.Clone(), SmallestScale(i, values)))];
        double hours = statistics[0].Length / _sampleRate / 3600;
        return new(_channels, _sampleRate, _settings, residuals, tails, AlarmRateModel.Fit(Scores(statistics, tails), _settings, hours));
    }

    private ChannelResidual[] FitResiduals(ReadOnlySpan<float> observed, ReadOnlySpan<float> forecasts)
    {
        ChannelResidual[] residuals = new ChannelResidual[_channels.Length];
        for (int channel = 0; channel < _channels.Length; channel++)
        {
            double count = 0, sum = 0, squares = 0, level = 0;
            for (int i = channel + (_settings.WarmUp * _channels.Length); i < observed.Length; i += _channels.Length)
            {
                double residual = (double)observed[i] - forecasts[i];
                if (double.IsNaN(residual))
                    continue;
                count++;
                sum += residual;
                squares += residual * residual;
                level = Math.Max(level, Math.Abs(observed[i]));
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

    private static double[] Scores(double[][] statistics, TailModel[] tails)
    {
        double[] scores = new double[statistics[0].Length];
        for (int i = 0; i < tails.Length; i++)
            for (int step = 0; step < scores.Length; step++)
                scores[step] = Math.Max(scores[step], tails[i].Score(statistics[i][step]));
        return scores;
    }

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
