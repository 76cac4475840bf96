using Latch.Model;

namespace Latch.Runtime.Kernels;

/// <summary>From a wide value to its code: q = sat(rsh(v M, S) + z).</summary>
internal readonly struct CodeEncoding
{
    private readonly bool _exceedsLanes;

    public CodeEncoding(Rescale rescale, Quantization codes)
    {
        (Rescale, ZeroPoint, Low, High) = (rescale, codes.ZeroPoint, codes.MinCode, codes.MaxCode);
        IsWide = codes.Type == ElementType.Int16;
        Constant = ((1L << rescale.Shift) >> 1) + ((long)codes.ZeroPoint << rescale.Shift);
        Shift = new SumShift(rescale.Shift);
        IsSet = true;
        (LowestInside, HighestInside) = (Bound(rescale, Low - ZeroPoint - 1) + 1, Bound(rescale, High - ZeroPoint));
        _exceedsLanes = ((Int128)rescale.Multiplier << 31) >> rescale.Shift >= 1 << 30 || rescale.Shift > 54;
    }

    /// <summary>False for the default, which encodes nothing.</summary>
    public bool IsSet { get; }

    public Rescale Rescale { get; }

    public int ZeroPoint { get; }

    /// <summary>The rounding and the zero point before the shift: (v M + this) >> S = rsh(v M, S) + z.</summary>
    public long Constant { get; }

    public readonly SumShift Shift;

    public int Low { get; }

    public int High { get; }

    /// <summary>The smallest value whose code is not limited: below it the exact code is less than <see cref="Low"/>.</summary>
    public int LowestInside { get; }

    /// <summary>The largest value whose code is not limited.</summary>
    public int HighestInside { get; }

    /// <summary>True for int16 codes, false for int8.</summary>
    public bool IsWide { get; }

    /// <summary>True when rsh(v M, S) + z fits 32 bits for every v and z 2^S fits 64, which lanes need, or nothing is encoded.</summary>
    public bool FitsLanes => !_exceedsLanes;

    /// <summary>rsh(v M, S) + z before it is limited.</summary>
    public long Exact(int value) => Requantize.Apply(value, Rescale) + ZeroPoint;

    /// <summary>The largest v whose rsh(v M, S) is at most <paramref name="limit"/>: (v M + half) >> S grows with v. Within +-(2^31 - 1).</summary>
    private static int Bound(Rescale rescale, int limit)
    {
        if (rescale.Multiplier == 0)
            return limit >= 0 ? int.MaxValue : int.MinValue;
        Int128 end = (((Int128)limit + 1) << rescale.Shift) - ((1L << rescale.Shift) >> 1) - 1;
        Int128 largest = end >= 0 ? end / rescale.Multiplier : -((rescale.Multiplier - 1 - end) / rescale.Multiplier);
        return (int)Int128.Clamp(largest, int.MinValue, int.MaxValue);
    }
}
