namespace Latch.Anomaly;

/// <summary>How often alarms came in training, by threshold: rate * exp(-(threshold - start) / scale) per hour above the start.</summary>
/// <param name="Start">The lowest threshold the model holds for; a score.</param>
/// <param name="PerHour">Alarms per hour at the start; above 0.</param>
/// <param name="Scale">Mean height of an alarm's peak above the start; above 0.</param>
public readonly record struct AlarmRateModel(double Start, double PerHour, double Scale)
{
    private const int FewestAlarms = 12;

    /// <summary>Learns the rate from the scores of a training series by replaying them with ever higher thresholds.</summary>
    internal static AlarmRateModel Fit(ReadOnlySpan<double> scores, DetectorSettings settings, double hours)
    {
        double start = 1;
        List<double> excess = Peaks(scores, settings, start);
        for (double next = start; excess.Count >= FewestAlarms || next < 2; next += 0.05)
        {
            List<double> higher = Peaks(scores, settings, next);
            if (higher.Count < FewestAlarms && next >= 2)
                break;
            (start, excess) = (next, higher);
        }

        double scale = excess.Count == 0 ? 0 : excess.Average();
        return new(start, Math.Max(1, excess.Count) / hours, Math.Max(0.1, scale));
    }

    /// <summary>The threshold for a rate; never below the start.</summary>
    internal double Threshold(double alarmsPerHour) => Start + (Scale * Math.Max(0, Math.Log(PerHour / alarmsPerHour)));

    internal bool IsValid => double.IsFinite(Start) && PerHour > 0 && double.IsFinite(PerHour) && Scale > 0 && double.IsFinite(Scale);

    private static List<double> Peaks(ReadOnlySpan<double> scores, DetectorSettings settings, double threshold)
    {
        AlarmState state = new(threshold, threshold - settings.ReleaseMargin, settings.HoldSteps);
        List<double> excess = [];
        for (int step = 0; step < scores.Length; step++)
            if (state.Step(scores[step], 0, default, step))
                excess.Add(state.Current.PeakScore - threshold);
        if (state.Active)
            excess.Add(state.Current.PeakScore - threshold);
        return excess;
    }
}
