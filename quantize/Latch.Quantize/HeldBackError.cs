namespace Latch.Quantize;

/// <summary>How far an integer model is off on held-back data.</summary>
/// <param name="Rms">Root-mean-square error over all outputs.</param>
/// <param name="Largest">Largest absolute error.</param>
/// <param name="Decibel">Variance over all outputs over the squared error, in dB.</param>
/// <param name="Relative">
/// Root-mean-square error over standard deviation, each output by itself, its mean square over the outputs taken; outputs that do not move do not count.
/// For one output it says what <paramref name="Decibel"/> says.
/// </param>
/// <param name="Runs">Its square, run by run: the mean is the square of <paramref name="Relative"/>.</param>
internal sealed record HeldBackError(double Rms, double Largest, double Decibel, double Relative, IReadOnlyList<double> Runs)
{
    private const double LeastGain = 0.01;

    /// <summary>An error beyond all: what cannot be built.</summary>
    public static HeldBackError Infinite { get; } = new(double.PositiveInfinity, double.PositiveInfinity, double.NegativeInfinity, double.PositiveInfinity, []);

    /// <summary>Square of <see cref="Relative"/>.</summary>
    public double Square => Relative * Relative;

    /// <summary>Whether this error is smaller than another on the same runs: by a hundredth of its square at least, and by more than the runs scatter (one standard error).</summary>
    public bool IsBetterThan(HeldBackError other)
    {
        if (Runs.Count != other.Runs.Count || other.Square - Square < LeastGain * other.Square)
            return false;
        double[] gains = [.. other.Runs.Zip(Runs, static (before, after) => before - after)];
        double mean = gains.Average(), variance = gains.Average(gain => (gain - mean) * (gain - mean));
        return mean > Math.Sqrt(variance / gains.Length);
    }

    /// <summary>Whether this error is hardly larger than another.</summary>
    public bool IsAsGoodAs(HeldBackError other) => Square <= other.Square * (1 + LeastGain);

    /// <summary>A ratio of error to signal in dB.</summary>
    public static double ToDecibel(double relative) => -20 * Math.Log10(Math.Max(relative, 1e-15));
}
