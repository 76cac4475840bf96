using System.Globalization;
using System.Text;

namespace Latch.Cli.Report;

/// <summary>One line of a chart. NaN breaks the line.</summary>
/// <param name="Name">Shown in the legend.</param>
/// <param name="Values">One value per step.</param>
/// <param name="Colour">1 to 6, the page's series colours.</param>
internal sealed record ChartLine(string Name, IReadOnlyList<double> Values, int Colour);

/// <summary>A stretch of steps, from the first to the last included.</summary>
internal readonly record struct Stretch(double From, double To, string Label = "");

/// <summary>A row of stretches below the plot, for example labelled faults or alarms.</summary>
internal sealed record ChartTrack(string Name, IReadOnlyList<Stretch> Spans, int Colour);

/// <summary>Lines over steps with optional shaded stretches, a threshold and tracks, drawn as inline SVG for a wide and a narrow screen.</summary>
internal sealed record LineChart
{
    private const int TrackHeight = 20;

    public required string Title { get; init; }

    /// <summary>What the chart shows, in words, for those who cannot see it.</summary>
    public required string Description { get; init; }

    public required IReadOnlyList<ChartLine> Lines { get; init; }

    public string XLabel { get; init; } = "step";

    public string YLabel { get; init; } = "";

    /// <summary>Units of the x axis per step, for example 1/60 for minutes at 1 Hz.</summary>
    public double StepLength { get; init; } = 1;

    /// <summary>Stretches shaded over the whole height.</summary>
    public IReadOnlyList<Stretch> Shaded { get; init; } = [];

    public IReadOnlyList<ChartTrack> Tracks { get; init; } = [];

    /// <summary>A horizontal dashed line; null for none.</summary>
    public double? Threshold { get; init; }

    public string ThresholdName { get; init; } = "";

    public int Height { get; init; } = 220;

    /// <summary>The chart as an HTML figure.</summary>
    public string ToHtml()
    {
        string legend = string.Concat(Lines.Select(line => $"<span class=\"key k{line.Colour}\">{Html.Text(line.Name)}</span>"))
            + (Threshold is null ? "" : $"<span class=\"key kt\">{Html.Text(ThresholdName)}</span>");
        if (YLabel.Length > 0)
            legend += $"<span class=\"unit\">{Html.Text(YLabel)}</span>";
        return $"<figure><figcaption>{Html.Text(Title)}</figcaption><p class=\"legend\">{legend}</p>"
            + $"<div class=\"wide\">{Svg(1040)}</div><div class=\"narrow\">{Svg(390)}</div></figure>\n";
    }

    private string Svg(int width)
    {
        int steps = Lines.Max(line => line.Values.Count);
        (double low, double high) = Range();
        int bottom = Height + (Tracks.Count * TrackHeight);
        Axis x = new(0, Math.Max(1, steps - 1), 52, width - 8);
        Axis y = new(low, high, Height - 4, 8);
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {width} {bottom + 38}\" role=\"img\" aria-label=\"{Html.Text($"{Title}. {Description}")}\">");
        foreach (Stretch span in Shaded)
            AppendBox(svg, x, span, 8, Height - 12, "shade");
        AppendGrid(svg, x, y, width, bottom);
        foreach (ChartLine line in Lines)
            svg.Append(CultureInfo.InvariantCulture, $"<path class=\"line l{line.Colour}\" d=\"{PathData(line.Values, x, y)}\"/>");
        if (Threshold is { } threshold)
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"threshold\" x1=\"52\" x2=\"{width - 8}\" y1=\"{y.Pixel(threshold):0.#}\" y2=\"{y.Pixel(threshold):0.#}\"/>");
        AppendTracks(svg, x, width);
        return svg.Append("</svg>").ToString();
    }

    private (double Low, double High) Range()
    {
        IEnumerable<double> values = Lines.SelectMany(line => line.Values).Where(double.IsFinite);
        double low = values.DefaultIfEmpty(0).Min();
        double high = values.DefaultIfEmpty(1).Max();
        if (Threshold is { } threshold)
            (low, high) = (Math.Min(low, threshold), Math.Max(high, threshold));
        double margin = high > low ? (high - low) * 0.04 : Math.Max(1e-6, Math.Abs(high) * 0.1);
        return (low - margin, high + margin);
    }

    private void AppendGrid(StringBuilder svg, Axis x, Axis y, int width, int bottom)
    {
        foreach (double tick in y.Ticks(5))
        {
            double at = y.Pixel(tick);
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"52\" x2=\"{width - 8}\" y1=\"{at:0.#}\" y2=\"{at:0.#}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"end\" x=\"47\" y=\"{at + 4:0.#}\">{Axis.Text(tick)}</text>");
        }

        Axis scaled = new(x.Low * StepLength, x.High * StepLength, x.PixelLow, x.PixelHigh);
        foreach (double tick in scaled.Ticks(width > 600 ? 10 : 5))
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"mid\" x=\"{scaled.Pixel(tick):0.#}\" y=\"{bottom + 14}\">{Axis.Text(tick)}</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"mid label\" x=\"{(width + 44) / 2}\" y=\"{bottom + 32}\">{Html.Text(XLabel)}</text>");
    }

    private void AppendTracks(StringBuilder svg, Axis x, int width)
    {
        for (int row = 0; row < Tracks.Count; row++)
        {
            ChartTrack track = Tracks[row];
            int top = Height + (row * TrackHeight) + 4;
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"end\" x=\"47\" y=\"{top + 11}\">{Html.Text(track.Name)}</text>");
            svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"track\" x=\"52\" y=\"{top}\" width=\"{width - 60}\" height=\"{TrackHeight - 6}\"/>");
            foreach (Stretch span in track.Spans)
                AppendBox(svg, x, span, top, TrackHeight - 6, $"f{track.Colour}");
        }
    }

    private static void AppendBox(StringBuilder svg, Axis x, Stretch span, double top, double height, string style)
    {
        double from = x.Pixel(span.From);
        double length = Math.Max(2, x.Pixel(span.To) - from);
        string title = span.Label.Length == 0 ? "" : $"<title>{Html.Text(span.Label)}</title>";
        svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"{style}\" x=\"{from:0.#}\" y=\"{top:0.#}\" width=\"{length:0.#}\" height=\"{height:0.#}\">{title}</rect>");
    }

    /// <summary>Every value while there are few; the smallest and largest per pixel column when there are more than pixels.</summary>
    private static string PathData(IReadOnlyList<double> values, Axis x, Axis y)
    {
        StringBuilder path = new();
        int columns = (int)(x.PixelHigh - x.PixelLow);
        bool broken = true;
        if (values.Count <= 2 * columns)
        {
            for (int step = 0; step < values.Count; step++)
                AppendPoint(path, x.Pixel(step), y, values[step], ref broken);
            return path.ToString();
        }

        for (int column = 0; column < columns; column++)
        {
            int from = (int)((long)values.Count * column / columns);
            int to = Math.Max(from + 1, (int)((long)values.Count * (column + 1) / columns));
            double low = double.PositiveInfinity, high = double.NegativeInfinity;
            for (int step = from; step < to; step++)
                (low, high) = (Math.Min(low, values[step]), Math.Max(high, values[step]));
            bool rising = values[from] <= values[to - 1];
            AppendPoint(path, x.Pixel(from), y, rising ? low : high, ref broken);
            if (high > low)
                AppendPoint(path, x.Pixel(from) + 0.5, y, rising ? high : low, ref broken);
        }

        return path.ToString();
    }

    private static void AppendPoint(StringBuilder path, double x, Axis y, double value, ref bool broken)
    {
        if (!double.IsFinite(value))
        {
            broken = true;
            return;
        }

        path.Append(CultureInfo.InvariantCulture, $"{(broken ? 'M' : 'L')}{x:0.#} {y.Pixel(value):0.#}");
        broken = false;
    }
}
