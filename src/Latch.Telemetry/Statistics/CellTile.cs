using System.Numerics;
using System.Runtime.CompilerServices;

namespace Latch.Telemetry;

/// <summary>The slopes of the cell states of 16 units, over all steps and over the last ones. A run's sums are exact integers.</summary>
internal sealed class CellTile(int halfWindow)
{
    private readonly Trend _all = new();
    private Trend _half = new();
    private Trend _halfBefore = new();

    /// <summary>Over all steps.</summary>
    public Trend All => _all;

    /// <summary>Over the half window before and what there is of the present one.</summary>
    public Trend Recent()
    {
        Trend recent = new();
        recent.Join(_halfBefore);
        recent.Join(_half);
        return recent;
    }

    /// <summary>Takes a run in.</summary>
    /// <param name="run">Integers of c of 16 units.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(in StepRun run)
    {
        for (int done = 0; done < run.Count;)
        {
            int count = (int)Math.Min(run.Count - done, halfWindow - _half.Count);
            StepRun part = run.Slice(done, count);
            Weights weights = new(count, _all.Weights(count), _half.Weights(count));
            for (int lane = 0; lane < UnitTile.Units; lane += Vector<int>.Count)
                Add(in part, in weights, lane);
            _all.EndJoin(count);
            _half.EndJoin(count);
            done += count;
            if (_half.Count == halfWindow)
            {
                (_half, _halfBefore) = (_halfBefore, _half);
                _half.Clear();
            }
        }
    }

    public void Clear()
    {
        _all.Clear();
        _half.Clear();
        _halfBefore.Clear();
    }

    public void CopyTo(CellTile other)
    {
        _all.CopyTo(other._all);
        _half.CopyTo(other._half);
        _halfBefore.CopyTo(other._halfBefore);
    }

    /// <summary>
    /// Some units. c = 2^16 high + low; each half is summed twice, s += v and t += s, so that t is the sum of (n - j) v_j: at most 528 x 2^16 for 32 steps, which 32 bits
    /// hold.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add(in StepRun run, in Weights weights, int lane)
    {
        Vector<int> mask = new(0xFFFF), high = Vector<int>.Zero, low = Vector<int>.Zero, highTwice = Vector<int>.Zero, lowTwice = Vector<int>.Zero;
        nint place = run.First;
        for (int step = 0; step < run.Count; step++, place = run.Next(place))
        {
            Vector<int> value = Vector.LoadUnsafe(ref run.At(place, lane));
            high += value >> 16;
            low += value & mask;
            highTwice += high;
            lowTwice += low;
        }
        Whole(high, low, out Vector<double> sumLower, out Vector<double> sumUpper);
        Whole(highTwice, lowTwice, out Vector<double> twiceLower, out Vector<double> twiceUpper);
        Join(lane, in weights, sumLower, twiceLower);
        Join(lane + Vector<double>.Count, in weights, sumUpper, twiceUpper);
    }

    /// <summary>From the sum of v and that of (n - j) v to the mean and the sum of (j - (n - 1) / 2) v.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Join(int lane, in Weights weights, Vector<double> sum, Vector<double> twice)
    {
        Vector<double> mean = sum / new Vector<double>(weights.Steps), covariance = (sum * (0.5 * (weights.Steps + 1))) - twice;
        _all.Join(lane, in weights.All, mean, covariance);
        _half.Join(lane, in weights.Half, mean, covariance);
    }

    /// <summary>2^16 high + low, exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Whole(Vector<int> high, Vector<int> low, out Vector<double> lower, out Vector<double> upper)
    {
        Vector.Widen(high, out Vector<long> highLower, out Vector<long> highUpper);
        Vector.Widen(low, out Vector<long> lowLower, out Vector<long> lowUpper);
        lower = Vector.ConvertToDouble((highLower << 16) + lowLower);
        upper = Vector.ConvertToDouble((highUpper << 16) + lowUpper);
    }

    /// <summary>How a run of steps joins both trends.</summary>
    private readonly struct Weights(int steps, (double Share, double Lever) all, (double Share, double Lever) half)
    {
        public readonly int Steps = steps;
        public readonly (double Share, double Lever) All = all;
        public readonly (double Share, double Lever) Half = half;
    }
}
