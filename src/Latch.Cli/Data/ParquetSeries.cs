using System.Globalization;
using Parquet;
using Parquet.Schema;

namespace Latch.Cli.Data;

/// <summary>Reads a Parquet file: numeric columns are channels, a date column or one with a time's name is the time.</summary>
internal static class ParquetSeries
{
    private static readonly string[] s_timeNames = ["time", "timestamp", "datetime", "date", "index", "__index_level_0__"];

    /// <exception cref="CommandException">The file is not Parquet, or a column holds something else than numbers.</exception>
    public static Series Read(string path, MissingReadings missing, CancellationToken cancellation) =>
        SourceErrors.Guard(path, () => ReadAsync(path, missing, cancellation).GetAwaiter().GetResult());

    private static async Task<Series> ReadAsync(string path, MissingReadings missing, CancellationToken cancellation)
    {
        IList<Dictionary<string, object>> rows;
        ParquetSchema schema;
        FileStream stream = File.OpenRead(path);
        await using (stream.ConfigureAwait(false))
        {
            try
            {
                var read = await Parquet.Serialization.ParquetSerializer.DeserializeUntypedAsync(stream, cancellationToken: cancellation).ConfigureAwait(false);
                (rows, schema) = (read.Data, read.Schema);
            }
            catch (Exception exception) when (exception is not OperationCanceledException and not FileNotFoundException)
            {
                throw CommandException.BadInput($"{path}: this is not a readable Parquet file ({exception.Message.TrimEnd('.')}). Write it again, or give CSV.");
            }
        }

        if (rows.Count == 0)
            throw CommandException.BadInput($"{path}: there is no row. Give one row per time step.");
        return Convert(path, schema, rows, missing);
    }

    private static Series Convert(string path, ParquetSchema schema, IList<Dictionary<string, object>> rows, MissingReadings missing)
    {
        string[] fields = [.. schema.Fields.Select(field => field.Name)];
        string? time = fields.FirstOrDefault(name => s_timeNames.Contains(name, StringComparer.OrdinalIgnoreCase))
            ?? schema.DataFields.FirstOrDefault(field => field.ClrType == typeof(DateTime))?.Name;
        string[] names = [.. fields.Where(name => name != time)];
        List<float[]> readings = [];
        List<double> seconds = [];
        for (int row = 0; row < rows.Count; row++)
        {
            string where = $"{path}, row {row + 1}";
            readings.Add([.. names.Select(name => Reading(rows[row].GetValueOrDefault(name), where, name, missing))]);
            if (time is not null)
                seconds.Add(Time(rows[row].GetValueOrDefault(time), where));
        }

        return new Series(path, names, readings, time is null ? null : seconds);
    }

    private static float Reading(object? value, string where, string name, MissingReadings missing)
    {
        float reading = value switch
        {
            null => float.NaN,
            float or double or decimal or int or uint or long or ulong or short or ushort or byte or sbyte =>
                System.Convert.ToSingle(value, CultureInfo.InvariantCulture),
            bool flag => flag ? 1 : 0,
            _ => throw CommandException.BadInput($"{where}: column '{name}' holds '{value}', which is not a number. Remove the column or correct the field."),
        };
        if (float.IsInfinity(reading))
            throw CommandException.BadInput($"{where}: column '{name}' holds an infinite number. Correct the reading or leave it empty.");
        if (float.IsNaN(reading) && missing == MissingReadings.Refuse)
            throw Series.Gap(where, $"column '{name}'");
        return reading;
    }

    private static double Time(object? value, string where) => value switch
    {
        DateTime time => (time - DateTime.UnixEpoch).TotalSeconds,
        string text when CsvLine.IsTime(text, out DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).TotalSeconds,
        int or long or float or double when System.Convert.ToDouble(value, CultureInfo.InvariantCulture) is double number && double.IsFinite(number) =>
            CsvLine.Seconds(number),
        _ => throw CommandException.BadInput($"{where}: the time column holds '{value}'. Use times or numbers."),
    };
}
