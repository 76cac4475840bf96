using System.Globalization;
using Latch.Metrics.Measuring;
using Latch.Wire;

namespace Latch.Metrics.Otlp;

/// <summary>Writes an ExportMetricsServiceRequest of OTLP 1. Field numbers are those of OpenTelemetry's protobuf definitions; sums and histograms are cumulative.</summary>
internal static class OtlpPayload
{
    private const ulong Cumulative = 2;

    public static byte[] Write(IReadOnlyList<KeyValuePair<string, object>> resource, IReadOnlyList<(Series Series, Point[] Points)> all, DateTimeOffset start, DateTimeOffset now)
    {
        ProtobufWriter resourceMessage = new();
        foreach ((string key, object value) in resource)
            Attribute(resourceMessage, 1, key, value);
        ProtobufWriter metrics = new();
        metrics.Message(1, resourceMessage);
        foreach (IGrouping<string, (Series Series, Point[] Points)> meter in all.GroupBy(static pair => pair.Series.Instrument.Meter.Name))
        {
            ProtobufWriter scope = new();
            scope.Text(1, meter.Key);
            ProtobufWriter scopeMetrics = new();
            scopeMetrics.Message(1, scope);
            foreach ((Series series, Point[] points) in meter)
                scopeMetrics.Message(2, Metric(series, points, Nanoseconds(start), Nanoseconds(now)));
            metrics.Message(2, scopeMetrics);
        }
        ProtobufWriter request = new();
        request.Message(1, metrics);
        return request.Written.ToArray();
    }

    private static ProtobufWriter Metric(Series series, Point[] points, ulong start, ulong now)
    {
        ProtobufWriter data = new();
        foreach (Point point in points)
            data.Message(1, series.Kind == SeriesKind.Histogram ? Histogram(series, point, start, now) : Number(series, point, start, now));
        if (series.Kind != SeriesKind.Gauge)
            data.Varint(2, Cumulative);
        if (series.Kind is SeriesKind.Counter)
            data.Bool(3, true);
        ProtobufWriter metric = new();
        metric.Text(1, series.Instrument.Name);
        metric.Text(2, series.Instrument.Description ?? "");
        metric.Text(3, series.Instrument.Unit ?? "");
        metric.Message(series.Kind switch { SeriesKind.Gauge => 5, SeriesKind.Histogram => 9, _ => 7 }, data);
        return metric;
    }

    private static ProtobufWriter Number(Series series, Point point, ulong start, ulong now)
    {
        ProtobufWriter number = new();
        number.Fixed64(2, start);
        number.Fixed64(3, now);
        if (series.IsInteger)
            number.Fixed64(6, (ulong)(long)point.Value);
        else
            number.Double(4, point.Value);
        Attributes(number, 7, point);
        return number;
    }

    private static ProtobufWriter Histogram(Series series, Point point, ulong start, ulong now)
    {
        ProtobufWriter histogram = new();
        histogram.Fixed64(2, start);
        histogram.Fixed64(3, now);
        histogram.Fixed64(4, (ulong)point.Count);
        histogram.Double(5, point.Value);
        histogram.Packed(6, point.Buckets);
        histogram.Packed(7, [.. series.Bounds.Select(BitConverter.DoubleToInt64Bits)]);
        Attributes(histogram, 9, point);
        return histogram;
    }

    private static void Attributes(ProtobufWriter writer, int field, Point point)
    {
        foreach ((string key, object? value) in point.Tags)
            Attribute(writer, field, key, value);
    }

    private static void Attribute(ProtobufWriter writer, int field, string key, object? value)
    {
        ProtobufWriter any = new();
        switch (value)
        {
            case bool flag:
                any.Bool(2, flag);
                break;
            case int or long or short or byte:
                any.Varint(3, (ulong)Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case double or float:
                any.Double(4, Convert.ToDouble(value, CultureInfo.InvariantCulture));
                break;
            default:
                any.Text(1, Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
                break;
        }
        ProtobufWriter pair = new();
        pair.Text(1, key);
        pair.Message(2, any);
        writer.Message(field, pair);
    }

    private static ulong Nanoseconds(DateTimeOffset time) => (ulong)(time - DateTimeOffset.UnixEpoch).Ticks * 100;
}
