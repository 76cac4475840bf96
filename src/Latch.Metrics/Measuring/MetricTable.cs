using System.Diagnostics.Metrics;

namespace Latch.Metrics.Measuring;

/// <summary>Listens to meters and holds what they measured.</summary>
internal sealed class MetricTable : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Lock _collecting = new();
    private readonly Lock _access = new();
    private readonly List<Series> _series = [];

    public MetricTable(IReadOnlyList<string> meters)
    {
        HashSet<string> names = [.. meters];
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!names.Contains(instrument.Meter.Name))
                return;
            Series series = new(instrument);
            lock (_access)
                _series.Add(series);
            listener.EnableMeasurementEvents(instrument, series);
        };
        _listener.MeasurementsCompleted = (_, state) =>
        {
            lock (_access)
                _series.Remove((Series)state!);
        };
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => ((Series)state!).Take(value, tags));
        _listener.SetMeasurementEventCallback<float>(static (_, value, tags, state) => ((Series)state!).Take(value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => ((Series)state!).Take(value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => ((Series)state!).Take(value, tags));
        _listener.SetMeasurementEventCallback<short>(static (_, value, tags, state) => ((Series)state!).Take(value, tags));
        _listener.SetMeasurementEventCallback<byte>(static (_, value, tags, state) => ((Series)state!).Take(value, tags));
        _listener.SetMeasurementEventCallback<decimal>(static (_, value, tags, state) => ((Series)state!).Take((double)value, tags));
        _listener.Start();
    }

    /// <summary>When it began to count.</summary>
    public DateTimeOffset Start { get; } = DateTimeOffset.UtcNow;

    /// <summary>All series with at least one point, by name; observable instruments are asked now.</summary>
    public IReadOnlyList<(Series Series, Point[] Points)> Collect()
    {
        lock (_collecting)
        {
            Series[] all;
            lock (_access)
                all = [.. _series];
            foreach (Series series in all)
                series.Expire();
            try
            {
                _listener.RecordObservableInstruments();
            }
            catch (AggregateException)
            {
                // An instrument that threw has no points this time; the others have theirs.
            }
            return [.. all.Select(static series => (series, series.Snapshot())).Where(static pair => pair.Item2.Length > 0).OrderBy(static pair => pair.series.Instrument.Name, StringComparer.Ordinal)];
        }
    }

    public void Dispose() => _listener.Dispose();
}
