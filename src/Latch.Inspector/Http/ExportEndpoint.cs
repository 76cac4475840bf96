using System.Globalization;
using System.Text;
using Latch.Inspector.Documents;
using Latch.Inspector.Tracks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Latch.Inspector.Http;

/// <summary>The download of a stretch of a track.</summary>
internal sealed class ExportEndpoint(InspectorSession session, ParquetExport? parquet)
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/export", Send);

    private Task Send(HttpContext context)
    {
        Query query = new(session, context.Request.Query);
        ModelRun run = query.Model();
        Track track = query.Track(run);
        int layer = query.Layer(track);
        string format = query.Choice("format", ["csv", "parquet"], "csv");
        if (format == "parquet" && parquet is null)
            throw InspectorFault.NotFound("This inspector writes no Parquet. Take format=csv.");
        (long from, int count) = query.Range(session.Read(() => (track.First, track.End)), int.MaxValue);
        string kind = track is FloatTrack ? "float" : ReferenceEquals(track, run.Base) ? "base" : "forced";
        string name = string.Create(CultureInfo.InvariantCulture, $"{Plain(run.Inspected.Name)}-{kind}-layer{layer}-{from}-{from + count}.{format}");
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
        ExportTable table = TrackTable.Of(session, run.Inspected.Model, track, layer, from, count);
        return format == "csv" ? Csv(context, table) : Parquet(context, table);
    }

    private static async Task Csv(HttpContext context, ExportTable table)
    {
        context.Response.ContentType = "text/csv; charset=utf-8";
        StringBuilder text = new();
        text.AppendJoin(',', table.Columns.Select(static column => Quoted(column.Name))).Append('\n');
        foreach (IReadOnlyList<Array> block in table.Blocks)
        {
            for (int row = 0; row < block[0].Length; row++)
                text.AppendJoin(',', block.Select(column => Field(column, row))).Append('\n');
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), context.RequestAborted);
            text.Clear();
        }
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), context.RequestAborted);
    }

    private async Task Parquet(HttpContext context, ExportTable table)
    {
        context.Response.ContentType = "application/vnd.apache.parquet";
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        FileStream file = new(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), options);
        await using (file)
        {
            await parquet!(table, file, context.RequestAborted);
            file.Position = 0;
            context.Response.ContentLength = file.Length;
            await file.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
    }

    private static string Field(Array column, int row) => column switch
    {
        long[] numbers => numbers[row].ToString(CultureInfo.InvariantCulture),
        float[] numbers => float.IsNaN(numbers[row]) ? "" : numbers[row].ToString("R", CultureInfo.InvariantCulture),
        double[] numbers => double.IsNaN(numbers[row]) ? "" : numbers[row].ToString("R", CultureInfo.InvariantCulture),
        _ => Quoted(((string[])column)[row]),
    };

    // A line break would end the row for most readers.
    private static string Quoted(string text) => text switch
    {
        "\n" => "newline",
        "\r" => "return",
        "\t" => "tab",
        " " => "space",
        _ when text.AsSpan().ContainsAny(",\"\n\r;") => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
        _ => text,
    };

    private static string Plain(string name) => string.Concat(name.Select(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '_'));
}
