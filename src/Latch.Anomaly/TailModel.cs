namespace Latch.Anomaly;

/// <summary>How improbable a large value of one statistic is, learnt from training: peaks over a threshold.</summary>
/// <remarks>
/// Above <see cref="Start"/> the probability that the statistic exceeds x is rate * (1 + shape (x - start) / scale)^(-1/shape),
/// the generalised Pareto tail (Pickands 1975; used for thresholds on streams by Siffer et al., KDD 2017), exponential for shape 0.
/// Scale and shape come from probability-weighted moments (Hosking and Wallis 1987), with the shape kept in 0 to 0.5.
/// Excesses come in excursions, and a few excursions say little: the scale is the upper end of its 95 % interval, where
/// the relative error is 1 / sqrt(excursions).
/// </remarks>
/// <param name="Start">Where the tail begins, in the statistic's unit; not negative.</param>
/// <param name="Rate">Share of training steps above the start; above 0, at most 1.</param>
/// <param name="Scale">Scale of the tail, in the statistic's unit; above 0.</param>
/// <param name="Shape">Heaviness of the tail, 0 to 0.5.</param>
internal readonly record struct TailModel(double Start, double Rate, double Scale, double Shape)
{
    private const int FewestExcesses = 10;
    private const double TailShare = 0.03;
    private const double Confidence = 1.645; // one-sided 95 % of the normal distribution

    /// <summary>The tail of training values.</summary>
    /// <param name="series">One value per step, in time order; none negative or NaN.</param>
    /// <param name="apart">Steps below the start after which the next excess belongs to another excursion.</param>
    /// <param name="smallestScale">A lower bound for the scale, and for the start where there are hardly any excesses.</param>
    internal static TailModel Fit(ReadOnlySpan<double> series, int apart, double smallestScale)
    {
        double[] sorted = series.ToArray();
        Array.Sort(sorted);
        double start = sorted[(int)((1 - TailShare) * (sorted.Length - 1))];
        ReadOnlySpan<double> excess = sorted.AsSpan()[(Array.LastIndexOf(sorted, start) + 1)..];
        double rate = (excess.Length + 1.0) / (sorted.Length + 1.0);
        if (excess.Length < FewestExcesses)
            return new(Math.Max(start, smallestScale), rate, Math.Max(smallestScale, excess.IsEmpty ? 0 : excess[^1] - start), 0);

        (double scale, double shape) = Moments(excess, start);
        scale *= 1 + (Confidence / Math.Sqrt(Excursions(series, start, apart)));
        return new(start, rate, Math.Max(smallestScale, scale), shape);
    }

    private static (double Scale, double Shape) Moments(ReadOnlySpan<double> excess, double start)
    {
        double mean = 0, weighted = 0;
        for (int i = 0; i < excess.Length; i++)
        {
            double y = excess[i] - start;
            mean += y / excess.Length;
            weighted += y * ((excess.Length - 1 - i) / (double)(excess.Length - 1)) / excess.Length;
        }

        double shape = Math.Clamp(2 - (mean / (mean - (2 * weighted))), 0, 0.5);
        if (double.IsNaN(shape))
            shape = 0; // all excesses equal
        return (mean * (1 - shape), shape);
    }

    private static int Excursions(ReadOnlySpan<double> series, double start, int apart)
    {
        int count = 0, since = apart;
        foreach (double value in series)
        {
            since++;
            if (value <= start)
                continue;
            count += since > apart ? 1 : 0;
            since = 0;
        }

        return count;
    }

    /// <summary>-log10 of the probability of a value this large or larger; below the tail's start a straight line from 0.</summary>
    internal double Score(double value)
    {
        double atStart = -Math.Log10(Rate);
        if (value <= Start)
            return Start > 0 ? atStart * value / Start : 0;
        double distance = (value - Start) / Scale;
        double nats = Shape < 1e-6 ? distance : Math.Log(1 + (Shape * distance)) / Shape;
        return atStart + (nats / Math.Log(10));
    }

    internal bool IsValid =>
        Start >= 0 && Rate > 0 && Rate <= 1 && Scale > 0 && Shape >= 0 && Shape <= 0.5 && double.IsFinite(Start) && double.IsFinite(Scale);
}
