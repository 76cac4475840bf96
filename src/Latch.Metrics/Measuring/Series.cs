using System.Diagnostics.Metrics;

namespace Latch.Metrics.Measuring;

/// <summary>What an instrument's values become.</summary>
internal enum SeriesKind
{
    /// <summary>A sum that only grows.</summary>
    Counter,

    /// <summary>A sum that also falls.</summary>
    Total,

    /// <summary>The last value.</summary>
    Gauge,

    /// <summary>Counts between bounds.</summary>
    Histogram,
}

/// <summary>Everything one instrument measured. Taking a value allocates nothing once its attributes were seen.</summary>
internal sealed class Series
{
    // Attributes that grow without end would fill the memory.
    private const int MostPoints = 512;

    // Seconds, from a step of a few microseconds up to one that takes a second; other units get OpenTelemetry's default bounds.
    private static readonly double[] s_seconds = [1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];
    private static readonly double[] s_others = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000];

    private readonly Lock _access = new();
    private readonly List<Point> _points = [];
    private readonly bool _adds;

    public Series(Instrument instrument)
    {
        Instrument = instrument;
        Type type = instrument.GetType();
        Type definition = type.GetGenericTypeDefinition();
        IsInteger = type.GenericTypeArguments[0] != typeof(double) && type.GenericTypeArguments[0] != typeof(float) && type.GenericTypeArguments[0] != typeof(decimal);
        Kind = definition == typeof(Counter<>) || definition == typeof(ObservableCounter<>) ? SeriesKind.Counter
            : definition == typeof(UpDownCounter<>) || definition == typeof(ObservableUpDownCounter<>) ? SeriesKind.Total
            : definition == typeof(Histogram<>) ? SeriesKind.Histogram : SeriesKind.Gauge;
        _adds = definition == typeof(Counter<>) || definition == typeof(UpDownCounter<>);
        Bounds = Kind != SeriesKind.Histogram ? [] : instrument.Unit == "s" ? s_seconds : s_others;
    }

    public Instrument Instrument { get; }

    public SeriesKind Kind { get; }

    public bool IsInteger { get; }

    /// <summary>Upper bounds of a histogram's buckets, each inclusive; one bucket more follows.</summary>
    public double[] Bounds { get; }

    public void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_access)
        {
            if (Find(tags) is not { } point)
                return;
            point.IsFresh = true;
            if (Kind == SeriesKind.Histogram)
            {
                int bucket = 0;
                while (bucket < Bounds.Length && !(value <= Bounds[bucket]))
                    bucket++;
                point.Buckets[bucket]++;
                point.Count++;
                point.Value += value;
            }
            else
            {
                point.Value = _adds ? point.Value + value : value;
            }
        }
    }

    /// <summary>Before an observable instrument is asked: what it reports no more is gone.</summary>
    public void Expire()
    {
        if (!Instrument.IsObservable)
            return;
        lock (_access)
        {
            foreach (Point point in _points)
                point.IsFresh = false;
        }
    }

    public Point[] Snapshot()
    {
        lock (_access)
        {
            _points.RemoveAll(static point => !point.IsFresh);
            return [.. _points.Select(static point => point.Copy())];
        }
    }

    private Point? Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (Point point in _points)
        {
            if (point.Has(tags))
                return point;
        }
        if (_points.Count >= MostPoints)
            return null;
        Point added = new(tags.ToArray(), Kind == SeriesKind.Histogram ? Bounds.Length + 1 : 0);
        _points.Add(added);
        return added;
    }
}
