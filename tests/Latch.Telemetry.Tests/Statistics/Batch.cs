namespace Latch.Telemetry.Tests.Statistics;

/// <summary>Figures of a whole series at once, in double precision, from their definitions.</summary>
internal static class Batch
{
    public static double Deviation(IReadOnlyCollection<double> values)
    {
        double mean = values.Average();
        return Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
    }

    /// <summary>Least squares against 0, 1, 2, ...</summary>
    public static double Slope(IReadOnlyList<double> values)
    {
        double middle = (values.Count - 1) / 2.0, mean = values.Average(), covariance = 0, variance = 0;
        for (int i = 0; i < values.Count; i++)
            (covariance, variance) = (covariance + ((i - middle) * (values[i] - mean)), variance + ((i - middle) * (i - middle)));
        return covariance / variance;
    }

    /// <summary>The smallest value that a share of the values does not exceed.</summary>
    public static double Quantile(IEnumerable<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        return sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
    }

    public static double Share(IReadOnlyCollection<double> values, Func<double, bool> counted) => (double)values.Count(counted) / values.Count;

    /// <summary>-1 / mean(ln f), with f of 0 as half a unit of Q7.24.</summary>
    public static double EFold(IReadOnlyCollection<double> keep) => -1 / keep.Average(f => Math.Log(Math.Max(f, Math.ScaleB(1, -25))));

    /// <summary>Steps until the product of f is below 2^-10; null when it never is.</summary>
    public static long? WarmUp(IReadOnlyList<double> keep)
    {
        double product = 1;
        for (int step = 0; step < keep.Count; step++)
        {
            product *= Math.Max(keep[step], Math.ScaleB(1, -25));
            if (product < 1.0 / 1024)
                return step + 1;
        }
        return null;
    }
}
