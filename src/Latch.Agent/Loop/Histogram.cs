using System.Numerics;

namespace Latch.Agent.Loop;

/// <summary>Counts times in constant memory: 16 classes between two powers of two, so that a percentile is at most a sixteenth too high.</summary>
/// <remarks>One thread adds; any thread reads.</remarks>
internal sealed class Histogram
{
    private const int SubBits = 4, Sub = 1 << SubBits;

    private readonly long[] _counts = new long[(64 - SubBits + 1) * Sub];
    private long _count;
    private long _max;

    /// <summary>Values so far.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>The largest value.</summary>
    public long Max => Volatile.Read(ref _max);

    /// <summary>Adds a value; a negative one counts as 0.</summary>
    public void Add(long value)
    {
        value = Math.Max(0, value);
        _counts[ClassOf(value)]++;
        if (value > _max)
            Volatile.Write(ref _max, value);
        Volatile.Write(ref _count, _count + 1);
    }

    /// <summary>The value that a share of all values, in whole values rounded down, does not exceed: the upper end of its class, never above the largest value; 0 without values.</summary>
    /// <remarks>Rounded down: one cold step among fewer than 100 is more than 1 % of them, but does not make the 99th percentile.</remarks>
    /// <param name="share">0 to 1.</param>
    public long Percentile(double share)
    {
        long rank = Math.Max(1, (long)(share * Count)), seen = 0;
        for (int at = 0; at < _counts.Length; at++)
        {
            seen += Volatile.Read(ref _counts[at]);
            if (seen >= rank)
                return Math.Min(UpperEnd(at), Max);
        }

        return Max;
    }

    private static int ClassOf(long value)
    {
        if (value < Sub)
            return (int)value;
        int exponent = BitOperations.Log2((ulong)value);
        return ((exponent - SubBits + 1) << SubBits) + (int)((value >> (exponent - SubBits)) & (Sub - 1));
    }

    private static long UpperEnd(int at)
    {
        if (at < Sub)
            return at;
        int shift = (at >> SubBits) - 1;
        return (((long)(at & (Sub - 1)) + Sub + 1) << shift) - 1;
    }
}
