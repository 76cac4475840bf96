namespace Latch.Quantize.Calibration;

/// <summary>
/// Counts values in 2,048 bins of equal width. Bin edges are multiples of the width, a power of two that doubles (pairs of bins merge exactly)
/// whenever the values seen no longer fit.
/// </summary>
internal sealed class Histogram
{
    /// <summary>Number of bins.</summary>
    public const int Bins = 2048;

    private readonly long[] _counts = new long[Bins];
    private long _first;
    private long _low = long.MaxValue;
    private long _high = long.MinValue;

    /// <summary>Number of values seen.</summary>
    public long Total { get; private set; }

    /// <summary>Width of a bin.</summary>
    public double Width { get; private set; }

    /// <summary>Smallest value seen.</summary>
    public double Min { get; private set; } = double.PositiveInfinity;

    /// <summary>Largest value seen.</summary>
    public double Max { get; private set; } = double.NegativeInfinity;

    /// <summary>Count of each bin.</summary>
    public ReadOnlySpan<long> Counts => _counts;

    /// <summary>Centre of a bin.</summary>
    public double Centre(int bin) => (_first + bin + 0.5) * Width;

    /// <summary>Counts the values; they must be finite.</summary>
    public void Add(ReadOnlySpan<float> values)
    {
        foreach (float value in values)
        {
            if (Width == 0)
                Width = Math.ScaleB(1, Math.Max(Math.ILogB(Math.Max(Math.Abs(value), 1e-6f)) - 9, -40));
            Min = Math.Min(Min, value);
            Max = Math.Max(Max, value);
            long bin = Bin(value);
            if (bin < _first || bin >= _first + Bins || Total == 0)
                bin = MakeRoom(value);
            (_low, _high) = (Math.Min(_low, bin), Math.Max(_high, bin));
            _counts[bin - _first]++;
            Total++;
        }
    }

    private long Bin(double value) => (long)Math.Floor(value / Width);

    private long MakeRoom(double value)
    {
        if (Total == 0)
        {
            _first = Bin(value) - Bins / 2;
            return Bin(value);
        }
        while (Math.Max(_high, Bin(value)) - Math.Min(_low, Bin(value)) >= Bins)
            Widen();
        long low = Math.Min(_low, Bin(value)), high = Math.Max(_high, Bin(value));
        Move(low - (Bins - (high - low + 1)) / 2, 0);
        return Bin(value);
    }

    private void Widen()
    {
        Width *= 2;
        Move(_first >> 1, 1);
        (_low, _high) = (_low >> 1, _high >> 1);
    }

    private void Move(long first, int merge)
    {
        long[] old = [.. _counts];
        Array.Clear(_counts);
        for (int bin = 0; bin < Bins; bin++)
            if (old[bin] != 0)
                _counts[((_first + bin) >> merge) - first] += old[bin];
        _first = first;
    }
}
