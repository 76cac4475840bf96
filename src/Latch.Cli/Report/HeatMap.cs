using System.Globalization;

namespace Latch.Cli.Report;

/// <summary>Units (rows) over steps (columns) as an image with a colour scale.</summary>
internal sealed record HeatMap
{
    private const int LargestWidth = 900;

    public required string Title { get; init; }

    /// <summary>What the map shows, in words.</summary>
    public required string Description { get; init; }

    /// <summary>One row per unit, one value per step.</summary>
    public required IReadOnlyList<IReadOnlyList<double>> Rows { get; init; }

    /// <summary>The value of the darkest colour.</summary>
    public required double Low { get; init; }

    /// <summary>The value of the brightest colour.</summary>
    public required double High { get; init; }

    public string XLabel { get; init; } = "step";

    /// <summary>Units of the x axis per step.</summary>
    public double StepLength { get; init; } = 1;

    public string YLabel { get; init; } = "unit";

    /// <summary>The map as an HTML figure.</summary>
    public string ToHtml()
    {
        int steps = Rows[0].Count;
        int width = Math.Min(steps, LargestWidth);
        byte[] indices = new byte[width * Rows.Count];
        for (int row = 0; row < Rows.Count; row++)
            for (int column = 0; column < width; column++)
                indices[(row * width) + column] = Index(Mean(Rows[row], (int)((long)steps * column / width), (int)((long)steps * (column + 1) / width)));
        string image = Png.DataUri(indices, width, Viridis.Palette);
        Axis scale = new(0, steps * StepLength, 0, 1);
        string ticks = string.Concat(Enumerable.Range(0, 5).Select(part => $"<span>{Axis.Text(Math.Round(scale.High * part / 4, 1))}</span>"));
        return string.Create(CultureInfo.InvariantCulture,
            $"""
            <figure class="map"><figcaption>{Html.Text(Title)}</figcaption>
            <div class="mapbody"><span class="ylabel">{Html.Text(YLabel)}</span><img src="{image}" alt="{Html.Text($"{Title}. {Description}")}"></div>
            <div class="ticks">{ticks}</div>
            <div class="scale"><span>{Axis.Text(Low)}</span><i style="background:{Viridis.CssGradient}"></i><span>{Axis.Text(High)}</span><span class="xlabel">{Html.Text(XLabel)}</span></div>
            </figure>

            """);
    }

    private byte Index(double value) =>
        (byte)Math.Round(255 * Math.Clamp(High > Low ? (value - Low) / (High - Low) : 0, 0, 1));

    private static double Mean(IReadOnlyList<double> row, int from, int to)
    {
        double sum = 0;
        for (int step = from; step < to; step++)
            sum += row[step];
        return sum / (to - from);
    }
}
