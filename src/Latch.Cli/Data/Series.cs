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

    /// <summary>Reads a CSV or Parquet file, or text (.txt) where the model's channels are characters.</summary>
    /// <param name="path">The file.</param>
    /// <param name="channels">The model's channel names; empty when it has none.</param>
    /// <param name="missing">What to do with gaps.</param>
    /// <exception cref="CommandException">The file cannot be read or a row does not fit.</exception>
    public static Series Read(string path, IReadOnlyList<string> channels, MissingReadings missing, CancellationToken cancellation)
    {
        if (path.EndsWith(".parquet", StringComparison.OrdinalIgnoreCase))
            return ParquetSeries.Read(path, missing, cancellation);
        if (!TextSeries.IsText(path))
            return ReadCsv(path, missing, cancellation);
        if (TextSeries.AreCharacters(channels))
            return TextSeries.Read(path, channels);
        try
        {
            return ReadCsv(path, missing, cancellation);
        }
        catch (CommandException exception) when (File.Exists(path))
        {
            throw new CommandException(exception.Code, $"{exception.Message} The file was read as rows of numbers; text is for models whose channels "
                + "are characters: named by one character each, or space, newline, tab (see --channels of quantize).");
        }
    }

    public static CommandException Gap(string where, string column) =>
        CommandException.BadInput($"{where}: the reading of {column} is missing. Fill the gap, or cut the recording there into two files.");

    private static Series ReadCsv(string path, MissingReadings missing, CancellationToken cancellation)
    {
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
}
