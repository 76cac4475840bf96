using System.Globalization;
using System.Text;
using Latch.Metrics.Measuring;

namespace Latch.Metrics.Prometheus;

/// <summary>Prometheus' text format, version 0.0.4. Names follow OpenTelemetry's rules for Prometheus: dots become underscores, the unit and "total" are appended.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Write(IReadOnlyList<KeyValuePair<string, object>> resource, IReadOnlyList<(Series Series, Point[] Points)> all)
    {
        StringBuilder text = new();
        text.Append("# HELP target_info Whose metrics these are.\n# TYPE target_info gauge\ntarget_info");
        Labels(text, resource.Select(static pair => new KeyValuePair<string, object?>(pair.Key, pair.Value)));
        text.Append(" 1\n");
        string last = "";
        foreach ((Series series, Point[] points) in all)
        {
            string name = NameOf(series);
            if (name != last)
            {
                if (series.Instrument.Description is { Length: > 0 } description)
                    text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {description.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\n");
                text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} {TypeOf(series.Kind)}\n");
            }
            last = name;
            foreach (Point point in points)
                Add(text, name, series, point);
        }
        return text.ToString();
    }

    /// <summary>For example latch.agent.step.duration in s: latch_agent_step_duration_seconds.</summary>
    public static string NameOf(Series series)
    {
        string name = Legal(series.Instrument.Name);
        string unit = series.Instrument.Unit switch
        {
            "s" => "seconds",
            "ms" => "milliseconds",
            "By" => "bytes",
            "Hz" => "hertz",
            "1" => series.Kind == SeriesKind.Gauge ? "ratio" : "",
            // {step}: a remark, no unit.
            null or "" or ['{', ..] => "",
            string other => Legal(other),
        };
        if (unit.Length > 0 && !name.EndsWith("_" + unit, StringComparison.Ordinal))
            name += "_" + unit;
        return series.Kind == SeriesKind.Counter && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
    }

    private static void Add(StringBuilder text, string name, Series series, Point point)
    {
        if (series.Kind != SeriesKind.Histogram)
        {
            Line(text, name, point.Tags, point.Value);
            return;
        }
        long sum = 0;
        for (int bucket = 0; bucket < point.Buckets.Length; bucket++)
        {
            sum += point.Buckets[bucket];
            string bound = bucket < series.Bounds.Length ? Number(series.Bounds[bucket]) : "+Inf";
            Line(text, name + "_bucket", [.. point.Tags, new("le", bound)], sum);
        }
        Line(text, name + "_sum", point.Tags, point.Value);
        Line(text, name + "_count", point.Tags, point.Count);
    }

    private static void Line(StringBuilder text, string name, IEnumerable<KeyValuePair<string, object?>> tags, double value)
    {
        text.Append(name);
        Labels(text, tags);
        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static void Labels(StringBuilder text, IEnumerable<KeyValuePair<string, object?>> tags)
    {
        char before = '{';
        foreach ((string key, object? value) in tags)
        {
            string escaped = (Convert.ToString(value, CultureInfo.InvariantCulture) ?? "").Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
            text.Append(before).Append(Legal(key)).Append("=\"").Append(escaped).Append('"');
            before = ',';
        }
        if (before == ',')
            text.Append('}');
    }

    private static string TypeOf(SeriesKind kind) => kind switch
    {
        SeriesKind.Counter => "counter",
        SeriesKind.Histogram => "histogram",
        _ => "gauge",
    };

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);

    private static string Legal(string name)
    {
        string legal = string.Concat(name.Select(static c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        return legal.Length > 0 && char.IsAsciiDigit(legal[0]) ? "_" + legal : legal;
    }
}
