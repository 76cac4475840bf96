using System.Globalization;
using System.Net;
using System.Text;

namespace Latch.Cli.Report;

/// <summary>Builds one HTML page that needs nothing but itself.</summary>
internal sealed class Html(string title, string subtitle)
{
    private readonly StringBuilder _body = new();

    /// <summary>Text made safe for content and for attributes in double quotes.</summary>
    public static string Text(string text) => WebUtility.HtmlEncode(text);

    /// <summary>Starts a section.</summary>
    public Html Section(string heading, string text = "")
    {
        _body.Append(CultureInfo.InvariantCulture, $"<h2>{Text(heading)}</h2>\n");
        return text.Length == 0 ? this : Paragraph(text);
    }

    public Html Paragraph(string text)
    {
        _body.Append(CultureInfo.InvariantCulture, $"<p>{Text(text)}</p>\n");
        return this;
    }

    /// <summary>A row of cards: a large figure with what it means below.</summary>
    public Html Cards(params IEnumerable<(string Figure, string Meaning)> cards)
    {
        _body.Append("<div class=\"cards\">");
        foreach ((string figure, string meaning) in cards)
            _body.Append(CultureInfo.InvariantCulture, $"<div class=\"card\"><b>{Text(figure)}</b><span>{Text(meaning)}</span></div>");
        _body.Append("</div>\n");
        return this;
    }

    public Html Chart(LineChart chart)
    {
        _body.Append(chart.ToHtml());
        return this;
    }

    /// <summary>Heat maps side by side where the screen is wide enough.</summary>
    public Html Maps(params IEnumerable<HeatMap> maps)
    {
        _body.Append("<div class=\"maps\">");
        foreach (HeatMap map in maps)
            _body.Append(map.ToHtml());
        _body.Append("</div>\n");
        return this;
    }

    /// <summary>A table that scrolls sideways where the screen is narrow.</summary>
    public Html Table(string caption, IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows)
    {
        _body.Append(CultureInfo.InvariantCulture, $"<div class=\"scroll\" tabindex=\"0\"><table><caption>{Text(caption)}</caption><thead><tr>");
        foreach (string header in headers)
            _body.Append(CultureInfo.InvariantCulture, $"<th scope=\"col\">{Text(header)}</th>");
        _body.Append("</tr></thead><tbody>");
        foreach (IReadOnlyList<string> row in rows)
        {
            _body.Append("<tr>");
            for (int column = 0; column < row.Count; column++)
                _body.Append(column == 0 ? $"<th scope=\"row\">{Text(row[column])}</th>" : $"<td>{Text(row[column])}</td>");
            _body.Append("</tr>");
        }

        _body.Append("</tbody></table></div>\n");
        return this;
    }

    /// <summary>Writes the whole page.</summary>
    public void WriteTo(TextWriter writer) => writer.Write(
        $"""
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
        <meta name="color-scheme" content="light dark"><title>{Text(title)}</title>
        <style>{PageStyle.Css}</style></head>
        <body><main><header><h1>{Text(title)}</h1><p>{Text(subtitle)}</p></header>
        {_body}</main></body></html>

        """);
}
