using System.Numerics;
using System.Runtime.CompilerServices;
using static Latch.Telemetry.Lanes;

namespace Latch.Telemetry;

/// <summary>
/// Straight lines by least squares through the values of 16 units at x = 0, 1, 2, ...: the mean of y and the sum of (x - mean x) y. That of (x - mean x)^2 is
/// n (n^2 - 1) / 12 for n steps. Two stretches that follow one another, of n and m steps, join by the difference d of their means: the mean moves by d m / (n + m),
/// the sum grows by d n m / 2, as the means of x lie (n + m) / 2 apart.
/// </summary>
internal sealed class Trend
{
    private readonly double[] _mean = new double[UnitTile.Units];
    private readonly double[] _covariance = new double[UnitTile.Units];

    /// <summary>Steps taken in.</summary>
    public long Count { get; private set; }

    /// <summary>Slope of a unit per step; 0 for fewer than two steps.</summary>
    public double Slope(int lane) => Count < 2 ? 0 : _covariance[lane] / ((double)Count * (((double)Count * Count) - 1) / 12);

    /// <summary>Joins a stretch that follows: some units.</summary>
    /// <param name="lane">The first of the units.</param>
    /// <param name="weights">Of <see cref="Weights"/>.</param>
    /// <param name="mean">Mean of the stretch.</param>
    /// <param name="covariance">Its sum of (x - mean x) y.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Join(int lane, in (double Share, double Lever) weights, Vector<double> mean, Vector<double> covariance)
    {
        Vector<double> own = Load(_mean, lane), delta = mean - own;
        Store(own + (delta * weights.Share), _mean, lane);
        Store(Load(_covariance, lane) + covariance + (delta * weights.Lever), _covariance, lane);
    }

    /// <summary>Weights of a stretch of so many steps: m / (n + m) and n m / 2.</summary>
    public (double Share, double Lever) Weights(long steps) => ((double)steps / (Count + steps), 0.5 * Count * steps);

    /// <summary>After all units were joined.</summary>
    public void EndJoin(long steps) => Count += steps;

    /// <summary>Joins another trend that follows.</summary>
    public void Join(Trend next)
    {
        if (next.Count == 0)
            return;
        (double Share, double Lever) weights = Weights(next.Count);
        for (int lane = 0; lane < UnitTile.Units; lane += Vector<double>.Count)
            Join(lane, in weights, Load(next._mean, lane), Load(next._covariance, lane));
        EndJoin(next.Count);
    }

    public void Clear()
    {
        _mean.AsSpan().Clear();
        _covariance.AsSpan().Clear();
        Count = 0;
    }

    public void CopyTo(Trend other)
    {
        _mean.CopyTo(other._mean, 0);
        _covariance.CopyTo(other._covariance, 0);
        other.Count = Count;
    }
}
