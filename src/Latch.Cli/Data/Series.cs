namespace Latch.Cli.Data;

/// <summary>What to do with a reading that is missing.</summary>
internal enum MissingReadings
{
    /// <summary>An error that names the line.</summary>
    Refuse,

    /// <summary>NaN: the session holds the reading before.</summary>
    Keep,
}

/// <summary>One recording in memory: rows of readings.</summary>
/// <param name="Source">The file.</param>
/// <param name="Names">Column names; null without a header.</param>
/// <param name="Rows">Readings, one array per time step.</param>
/// <param name="Seconds">Time of each row in seconds (any origin); null without a time column.</param>
internal sealed record Series(string Source, IReadOnlyList<string>? Names, IReadOnlyList<float[]> Rows, IReadOnlyList<double>? Seconds)
{
    /// <summary>Number of columns.</summary>
    public int Columns => Rows.Count == 0 ? 0 : Rows[0].Length;

    /// <summary>Reads a CSV or Parquet file.</summary>
    /// <exception cref="CommandException">The file cannot be read or a row does not fit.</exception>
    public static Series Read(string path, MissingReadings missing, CancellationToken cancellation)
    {
        if (path.EndsWith(".parquet", StringComparison.OrdinalIgnoreCase))
            return ParquetSeries.Read(path, missing, cancellation);
        using CsvRows rows = CsvRows.Open(path);
        List<float[]> readings = [];
        List<double> seconds = [];
        float[] row = new float[rows.Columns];
        while (rows.TryRead(row, out double time))
        {
            cancellation.ThrowIfCancellationRequested();
            if (missing == MissingReadings.Refuse && Array.FindIndex(row, float.IsNaN) is int gap and >= 0)
                throw Gap($"{path}, line {rows.Line}", rows.ColumnName(gap));
            readings.Add([.. row]);
            seconds.Add(time);
        }

        if (readings.Count == 0)
            throw CommandException.BadInput($"{path}: there is a header but no row. Give one row per time step.");
        return new Series(path, rows.Names, readings, rows.HasTime ? seconds : null);
    }

    public static CommandException Gap(string where, string column) =>
        CommandException.BadInput($"{where}: the reading of {column} is missing. Fill the gap, or cut the recording there into two files.");
}
