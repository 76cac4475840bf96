using System.Numerics;
using System.Runtime.CompilerServices;

namespace Latch.Telemetry;

/// <summary>The slopes of the cell states of 16 units, over all steps and over the last ones. A block's sums are exact integers.</summary>
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

    /// <summary>Takes a block in.</summary>
    /// <param name="values">Integers of c [steps, 16].</param>
    /// <param name="steps">Steps of the block, at most <see cref="UnitTile.Steps"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ref readonly int values, int steps)
    {
        for (int done = 0; done < steps;)
        {
            int count = (int)Math.Min(steps - done, halfWindow - _half.Count);
            ref int part = ref Unsafe.Add(ref Unsafe.AsRef(in values), done * UnitTile.Units);
            for (int lane = 0; lane < UnitTile.Units; lane += Vector<int>.Count)
                Add(ref Unsafe.Add(ref part, lane), count, lane);
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
    /// Some units. c = 2^16 high + low; each half is summed twice, s += v and t += s, so that t is the sum of (n - j) v_j: with at most 16 steps under
    /// 136 x 2^16, below 2^24, which single precision holds exactly too.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add(ref int values, int steps, int lane)
    {
        Vector<int> mask = new(0xFFFF), high = Vector<int>.Zero, low = Vector<int>.Zero, highTwice = Vector<int>.Zero, lowTwice = Vector<int>.Zero;
        for (nint at = 0, end = steps * UnitTile.Units; at < end; at += UnitTile.Units)
        {
            Vector<int> value = Vector.LoadUnsafe(ref Unsafe.Add(ref values, at));
            high += value >> 16;
            low += value & mask;
            highTwice += high;
            lowTwice += low;
        }
        (Vector<double> highLower, Vector<double> highUpper) = Widen(high);
        (Vector<double> lowLower, Vector<double> lowUpper) = Widen(low);
        (Vector<double> highTwiceLower, Vector<double> highTwiceUpper) = Widen(highTwice);
        (Vector<double> lowTwiceLower, Vector<double> lowTwiceUpper) = Widen(lowTwice);
        Join(lane, steps, (highLower * 65536) + lowLower, (highTwiceLower * 65536) + lowTwiceLower);
        Join(lane + Vector<double>.Count, steps, (highUpper * 65536) + lowUpper, (highTwiceUpper * 65536) + lowTwiceUpper);
    }

    /// <summary>From the sum of v and that of (n - j) v to the mean and the sum of (j - (n - 1) / 2) v.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Join(int lane, int steps, Vector<double> sum, Vector<double> twice)
    {
        Vector<double> mean = sum / new Vector<double>(steps), covariance = (sum * (0.5 * (steps + 1))) - twice;
        _all.Join(lane, steps, mean, covariance);
        _half.Join(lane, steps, mean, covariance);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector<double> Lower, Vector<double> Upper) Widen(Vector<int> values)
    {
        Vector.Widen(Vector.ConvertToSingle(values), out Vector<double> lower, out Vector<double> upper);
        return (lower, upper);
    }
}
