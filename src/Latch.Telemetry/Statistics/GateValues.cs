namespace Latch.Telemetry;

/// <summary>
/// The values of a gate over the steps watched: of one unit, or of all units of a layer together. Means and deviations come from sums of blocks in single precision, joined
/// in double: the mean is within 2e-6 of the gate's range, the deviation within 3e-5 of itself. Before the first step all figures are 0.
/// </summary>
public sealed record GateValues
{
    private readonly long[] _bins;

    internal GateValues(GateRange range, ReadOnlySpan<uint> bins)
        : this(range, new long[GateRange.Bins])
    {
        for (int bin = 0; bin < bins.Length; bin++)
            _bins[bin] = bins[bin];
    }

    private GateValues(GateRange range, long[] bins)
    {
        _bins = bins;
        RangeLow = FixedPoint.ToReal(range.Low, FixedPoint.GateBits);
        BinWidth = Math.ScaleB(1, range.BinShift - FixedPoint.GateBits);
    }

    /// <summary>Values counted: steps, times units for a layer.</summary>
    public long Count { get; internal init; }

    /// <summary>Mean value.</summary>
    public double Mean { get; internal init; }

    /// <summary>Standard deviation.</summary>
    public double Deviation { get; internal init; }

    /// <summary>Smallest value, exact.</summary>
    public double Least { get; internal init; }

    /// <summary>Largest value, exact.</summary>
    public double Greatest { get; internal init; }

    /// <summary>Saturation fraction below: share of values under <see cref="StatisticsOptions.Low"/> of the gate's range, exact.</summary>
    public double Below { get; internal init; }

    /// <summary>Saturation fraction above: share of values over <see cref="StatisticsOptions.High"/> of the gate's range, exact.</summary>
    public double Above { get; internal init; }

    /// <summary>Lower end of the gate's range, where the first bin begins: 0 for a sigmoid, -1 for tanh.</summary>
    public double RangeLow { get; }

    /// <summary>Width of a bin: 1/64 of the gate's range.</summary>
    public double BinWidth { get; }

    /// <summary>Values per bin, 64 equal ones over the gate's range. When a unit's bins hold 2^31 - 1 values, all of them are halved.</summary>
    public IReadOnlyList<long> Bins => _bins;

    /// <summary>
    /// A quantile: the value that this share of the values does not exceed. It is the middle of the bin that holds it, limited to <see cref="Least"/> and
    /// <see cref="Greatest"/>, so it is off by half a bin at most: 1/128 of the gate's range, 0.008 for a sigmoid, 0.016 for tanh.
    /// </summary>
    /// <param name="share">0 to 1; 0.5 is the median.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is not in 0 to 1.</exception>
    public double Quantile(double share)
    {
        if (!(share >= 0 && share <= 1))
            throw new ArgumentOutOfRangeException(nameof(share), share, "A quantile is asked for as a share of the values, 0 to 1.");
        long total = 0, sum = 0;
        foreach (long bin in _bins)
            total += bin;
        if (total == 0)
            return 0;
        // The value of this rank, counted from 1.
        long rank = Math.Max(1, (long)Math.Ceiling(share * total));
        int place = 0;
        while (place < _bins.Length - 1 && (sum += _bins[place]) < rank)
            place++;
        return Math.Clamp(RangeLow + ((place + 0.5) * BinWidth), Least, Greatest);
    }

    internal static GateValues None(GateRange range) => new(range, new long[GateRange.Bins]);

    /// <summary>Several units together.</summary>
    internal static GateValues Together(GateRange range, IReadOnlyList<GateValues> units)
    {
        double count = units.Sum(static unit => (double)unit.Count);
        if (count == 0)
            return None(range);
        double Weighted(Func<GateValues, double> figure) => units.Sum(unit => unit.Count * figure(unit)) / count;
        double mean = Weighted(static unit => unit.Mean);
        long[] bins = new long[GateRange.Bins];
        for (int bin = 0; bin < bins.Length; bin++)
            bins[bin] = units.Sum(unit => unit._bins[bin]);
        return new GateValues(range, bins)
        {
            Count = (long)count,
            Mean = mean,
            Deviation = Math.Sqrt(Weighted(unit => (unit.Deviation * unit.Deviation) + ((unit.Mean - mean) * (unit.Mean - mean)))),
            Least = units.Where(static unit => unit.Count > 0).Min(static unit => unit.Least),
            Greatest = units.Where(static unit => unit.Count > 0).Max(static unit => unit.Greatest),
            Below = units.Sum(static unit => Math.Round(unit.Below * unit.Count)) / count,
            Above = units.Sum(static unit => Math.Round(unit.Above * unit.Count)) / count,
        };
    }
}
