namespace Latch.Quantize.Calibration;

/// <summary>The range that holds a given share of the values, the rest cut evenly from both ends.</summary>
internal sealed class PercentileObserver(double share = 0.9999) : IObserver
{
    private readonly Histogram _histogram = new();

    public ValueRange Range
    {
        get
        {
            if (_histogram.Total == 0)
                return default;
            double cut = _histogram.Total * (1 - share) / 2;
            int low = 0, high = Histogram.Bins - 1;
            for (double below = 0; (below += _histogram.Counts[low]) <= cut; low++)
                continue;
            for (double above = 0; (above += _histogram.Counts[high]) <= cut; high--)
                continue;
            double half = _histogram.Width / 2;
            return new ValueRange(
                Math.Max(_histogram.Min, _histogram.Centre(low) - half), Math.Min(_histogram.Max, _histogram.Centre(high) + half));
        }
    }

    public void Add(ReadOnlySpan<float> values) => _histogram.Add(values);
}

/// <summary>The part of the range seen whose codes have the smallest mean squared error, values beyond it being clipped.</summary>
internal sealed class SquaredErrorObserver(int levels) : IObserver
{
    private readonly Histogram _histogram = new();

    public ValueRange Range => ShrunkRange.Best(_histogram, Error);

    public void Add(ReadOnlySpan<float> values) => _histogram.Add(values);

    private double Error(ValueRange range)
    {
        double step = (range.Max - range.Min) / levels;
        double floor = Math.Min(step, _histogram.Width);
        double sum = 0;
        for (int bin = 0; bin < Histogram.Bins; bin++)
        {
            if (_histogram.Counts[bin] == 0)
                continue;
            double value = _histogram.Centre(bin);
            double code = Math.Clamp(Math.Round((value - range.Min) / step), 0, levels);
            double error = range.Min + code * step - value;
            sum += _histogram.Counts[bin] * (error * error + floor * floor / 12);
        }
        return sum;
    }
}

/// <summary>The part of the range seen whose codes lose least information (Kullback-Leibler divergence, values beyond it moved to its ends).</summary>
internal sealed class EntropyObserver(int levels) : IObserver
{
    private readonly Histogram _histogram = new();

    public ValueRange Range => ShrunkRange.Best(_histogram, Divergence);

    public void Add(ReadOnlySpan<float> values) => _histogram.Add(values);

    private double Divergence(ValueRange range)
    {
        double step = (range.Max - range.Min) / levels;
        double[] clipped = new double[Histogram.Bins];
        var inside = new Dictionary<int, (double Sum, int Bins)>();
        for (int bin = 0; bin < Histogram.Bins; bin++)
        {
            if (_histogram.Counts[bin] == 0)
                continue;
            int target = Math.Clamp(bin, BinOf(range.Min), BinOf(range.Max));
            clipped[target] += _histogram.Counts[bin];
            if (target != bin)
                continue;
            (double sum, int bins) = inside.GetValueOrDefault(Code(bin, range.Min, step));
            inside[Code(bin, range.Min, step)] = (sum + _histogram.Counts[bin], bins + 1);
        }
        double divergence = 0;
        for (int bin = 0; bin < Histogram.Bins; bin++)
        {
            if (clipped[bin] == 0)
                continue;
            (double sum, int bins) = inside.GetValueOrDefault(Code(bin, range.Min, step), (0.5, 1));
            divergence += clipped[bin] * Math.Log(clipped[bin] / (_histogram.Counts[bin] == 0 ? 0.5 : sum / bins));
        }
        return divergence;
    }

    private int Code(int bin, double min, double step) => (int)Math.Clamp(Math.Round((_histogram.Centre(bin) - min) / step), 0, levels);

    private int BinOf(double value) => (int)Math.Clamp((value - _histogram.Centre(0)) / _histogram.Width + 0.5, 0, Histogram.Bins - 1);
}

/// <summary>Search over ranges whose ends are drawn in toward zero, one after the other.</summary>
internal static class ShrunkRange
{
    private const double Smallest = 0.4;
    private const int Candidates = 61;

    /// <summary>The candidate with the smallest cost; the wider one when equal.</summary>
    public static ValueRange Best(Histogram histogram, Func<ValueRange, double> cost)
    {
        if (histogram.Total == 0)
            return default;
        var full = new ValueRange(Math.Min(histogram.Min, 0), Math.Max(histogram.Max, 0));
        if (full.Max - full.Min < 1e-6)
            return full;
        ValueRange upper = Least(full, cost, static (range, share) => range with { Max = range.Max * share });
        return Least(upper, cost, static (range, share) => range with { Min = range.Min * share });
    }

    private static ValueRange Least(ValueRange start, Func<ValueRange, double> cost, Func<ValueRange, double, ValueRange> draw)
    {
        (ValueRange best, double least) = (start, cost(start));
        for (int candidate = 1; candidate < Candidates; candidate++)
        {
            ValueRange range = draw(start, 1 - (1 - Smallest) * candidate / (Candidates - 1));
            double value = range.Max - range.Min < 1e-6 ? least : cost(range);
            if (value < least)
                (best, least) = (range, value);
        }
        return best;
    }
}
