namespace Latch.Anomaly;

/// <summary>How often alarms come on data like the training's, by threshold: rate * exp(-(threshold - start) / scale) per hour above the start.</summary>
/// <param name="Start">The lowest threshold the model holds for; a score.</param>
/// <param name="PerHour">Alarms per hour at the start; above 0.</param>
/// <param name="Scale">Mean height of an alarm's peak above the start; above 0.</param>
public readonly record struct AlarmRateModel(double Start, double PerHour, double Scale)
{
    private const int EnoughAlarms = 12;
    private const double Grid = 0.05;

    /// <summary>Learns the rate from a series of scores by replaying them with ever lower thresholds.</summary>
    /// <remarks>
    /// The model starts at the highest threshold with enough alarms. Low thresholds melt alarms together, so the count
    /// falls again; where there are never enough alarms, the model starts where there are most.
    /// </remarks>
    internal static AlarmRateModel Fit(ReadOnlySpan<double> scores, DetectorSettings settings, double hours)
    {
        double start = Grid;
        List<double> excess = [];
        for (double next = Highest(scores); next > 0 && excess.Count < EnoughAlarms; next -= Grid)
        {
            List<double> more = Peaks(scores, settings, next);
            if (more.Count > excess.Count)
                (start, excess) = (next, more);
        }

        double scale = excess.Count == 0 ? 0 : excess.Average();
        return new(start, Math.Max(1, excess.Count) / hours, Math.Max(0.1, scale));
    }

    private static double Highest(ReadOnlySpan<double> scores)
    {
        double highest = 0;
        foreach (double score in scores)
            highest = Math.Max(highest, score);
        return highest;
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
