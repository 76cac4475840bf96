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

    /// <summary>True for int16 codes, false for int8.</summary>
    public bool IsWide { get; }

    /// <summary>True when rsh(v M, S) + z fits 32 bits for every v and z 2^S fits 64, which lanes need, or nothing is encoded.</summary>
    public bool FitsLanes => !_exceedsLanes;

    /// <summary>rsh(v M, S) + z before it is limited.</summary>
    public long Exact(int value) => Requantize.Apply(value, Rescale) + ZeroPoint;
}
