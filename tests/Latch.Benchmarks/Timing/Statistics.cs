namespace Latch.Benchmarks.Timing;

/// <summary>Figures of a few numbers.</summary>
internal static class Statistics
{
    /// <summary>The middle of the sorted values, the mean of the middle two for an even count.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}

/// <summary>How many times faster one contender is than another.</summary>
/// <param name="Value">Ratio of the medians.</param>
/// <param name="Lowest">Smallest ratio of one round.</param>
/// <param name="Highest">Largest ratio of one round.</param>
internal readonly record struct Ratio(double Value, double Lowest, double Highest)
{
    /// <summary>The time of <paramref name="above"/> over that of <paramref name="below"/>; both from one run.</summary>
    public static Ratio Of(Measurement above, Measurement below)
    {
        double[] rounds = [.. above.Rounds.Zip(below.Rounds, static (a, b) => a / b)];
        return new Ratio(above.Median / below.Median, rounds.Min(), rounds.Max());
    }
}
