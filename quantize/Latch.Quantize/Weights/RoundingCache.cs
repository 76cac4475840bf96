namespace Latch.Quantize.Weights;

/// <summary>Keeps what rounding found from build to build of one model: most builds change nothing about most layers.</summary>
internal sealed class RoundingCache
{
    private readonly Dictionary<SecondMoments, (long Count, ErrorSpread Spread)> _spreads = [];
    private readonly Dictionary<string, List<Entry>> _rounded = [];
    private readonly Dictionary<string, List<Clipped>> _clipped = [];

    /// <summary>Codes of a block at given scales.</summary>
    public sbyte[] Codes(WeightBlock block, RowScales scales)
    {
        List<Entry> entries = ListOf(_rounded, block.Part);
        long count = block.Moments?.Count ?? 0;
        if (entries.FirstOrDefault(entry => entry.Count == count && Same(entry.Scales, scales)) is { } found)
            return found.Codes;
        sbyte[] codes = block.Round(scales, Spread(block.Moments));
        entries.Add(new Entry(count, scales, codes));
        return codes;
    }

    /// <summary>The clipped scales of a block, searched when these are first asked for.</summary>
    public RowScales Clip(WeightBlock block, RowScales scales, RowScales least)
    {
        List<Clipped> entries = ListOf(_clipped, block.Part);
        long count = block.Moments?.Count ?? 0;
        if (entries.FirstOrDefault(entry => entry.Count == count && Same(entry.Scales, scales) && Same(entry.Least, least)) is { } found)
            return found.Result;
        RowScales result = ClipSearch.Shrink(block, scales, least, Spread(block.Moments));
        entries.Add(new Clipped(count, scales, least, result));
        return result;
    }

    private ErrorSpread? Spread(SecondMoments? moments)
    {
        if (moments is null)
            return null;
        if (!_spreads.TryGetValue(moments, out (long Count, ErrorSpread Spread) known) || known.Count != moments.Count)
            _spreads[moments] = known = (moments.Count, ErrorSpread.Of(moments));
        return known.Spread;
    }

    private static List<T> ListOf<T>(Dictionary<string, List<T>> lists, string part)
    {
        if (!lists.TryGetValue(part, out List<T>? list))
            lists[part] = list = [];
        return list;
    }

    private static bool Same(RowScales a, RowScales b) => a.First.AsSpan().SequenceEqual(b.First) && a.Second.AsSpan().SequenceEqual(b.Second);

    private sealed record Entry(long Count, RowScales Scales, sbyte[] Codes);

    private sealed record Clipped(long Count, RowScales Scales, RowScales Least, RowScales Result);
}
