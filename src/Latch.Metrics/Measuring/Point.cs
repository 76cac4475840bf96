namespace Latch.Metrics.Measuring;

/// <summary>What one instrument measured for one set of attributes.</summary>
internal sealed class Point(KeyValuePair<string, object?>[] tags, int buckets)
{
    public KeyValuePair<string, object?>[] Tags => tags;

    /// <summary>The last value, or the sum.</summary>
    public double Value { get; set; }

    /// <summary>How many values a histogram took.</summary>
    public long Count { get; set; }

    /// <summary>Values of a histogram between its bounds; not summed up.</summary>
    public long[] Buckets { get; } = new long[buckets];

    /// <summary>Whether an observable instrument reported it the last time.</summary>
    public bool IsFresh { get; set; } = true;

    /// <summary>Whether the attributes are these, in any order.</summary>
    public bool Has(ReadOnlySpan<KeyValuePair<string, object?>> others)
    {
        if (others.Length != tags.Length)
            return false;
        foreach (ref readonly KeyValuePair<string, object?> other in others)
        {
            if (!Contains(other))
                return false;
        }
        return true;
    }

    public Point Copy()
    {
        Point copy = new(tags, Buckets.Length) { Value = Value, Count = Count };
        Buckets.CopyTo(copy.Buckets, 0);
        return copy;
    }

    private bool Contains(in KeyValuePair<string, object?> other)
    {
        foreach (ref readonly KeyValuePair<string, object?> tag in tags.AsSpan())
        {
            if (tag.Key == other.Key && Equals(tag.Value, other.Value))
                return true;
        }
        return false;
    }
}
