using Latch.Model;

namespace Latch.Runtime.Kernels;

/// <summary>From a wide value to its code: q = sat(rsh(v M, S) + z).</summary>
internal readonly struct CodeEncoding
{
    public CodeEncoding(Rescale rescale, Quantization codes)
    {
        (Rescale, ZeroPoint, Low, High) = (rescale, codes.ZeroPoint, codes.MinCode, codes.MaxCode);
        IsWide = codes.Type == ElementType.Int16;
        IsSet = true;
        FitsLanes = ((Int128)rescale.Multiplier << 31) >> rescale.Shift < 1 << 30;
    }

    /// <summary>False for the default, which encodes nothing.</summary>
    public bool IsSet { get; }

    public Rescale Rescale { get; }

    public int ZeroPoint { get; }

    public int Low { get; }

    public int High { get; }

    /// <summary>True for int16 codes, false for int8.</summary>
    public bool IsWide { get; }

    /// <summary>True when rsh(v M, S) + z fits 32 bits for every v, which lanes need.</summary>
    public bool FitsLanes { get; }

    /// <summary>rsh(v M, S) + z before it is limited.</summary>
    public long Exact(int value) => Requantize.Apply(value, Rescale) + ZeroPoint;
}
