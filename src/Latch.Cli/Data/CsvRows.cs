using System.IO.Compression;

namespace Latch.Cli.Data;

/// <summary>Reads separated text row by row, from a file or as it arrives on standard input.</summary>
/// <remarks>The first line is a header when one of its fields is neither a number, a missing reading nor a time.</remarks>
internal sealed class CsvRows : IDisposable
{
    private static readonly string[] s_timeNames = ["time", "timestamp", "datetime", "date", "index"];

    private readonly TextReader _reader;
    private readonly string _source;
    private readonly char _separator;
    private readonly int _fields;
    private readonly int _timeField = -1;
    private List<string>? _pending;
    private double _lastTime = double.NegativeInfinity;

    private CsvRows(TextReader reader, string source)
    {
        (_reader, _source) = (reader, source);
        string first = NextLine() ?? throw CommandException.BadInput($"{source}: the file is empty. Give a CSV with one row per time step.");
        _separator = CsvLine.Separator(first);
        List<string> fields = CsvLine.Split(first, _separator);
        _fields = fields.Count;
        bool header = fields.Any(field => !CsvLine.IsMissing(field) && !CsvLine.IsNumber(field, out _) && !CsvLine.IsTime(field, out _));
        if (header)
        {
            _timeField = fields.FindIndex(name => s_timeNames.Contains(name, StringComparer.OrdinalIgnoreCase));
            Names = [.. fields.Where((_, at) => at != _timeField)];
            CheckNames(Names);
        }
        else
        {
            _timeField = fields.FindIndex(field => CsvLine.IsTime(field, out _));
            _pending = fields;
        }

        Columns = _fields - (_timeField < 0 ? 0 : 1);
    }

    /// <summary>Column names without the time column; null without a header.</summary>
    public IReadOnlyList<string>? Names { get; }

    /// <summary>Number of columns without the time column.</summary>
    public int Columns { get; }

    /// <summary>Line of the row read last, counted from 1.</summary>
    public int Line { get; private set; }

    /// <summary>Whether rows carry a time.</summary>
    public bool HasTime => _timeField >= 0;

    /// <summary>Opens a file; one that ends in .gz is decompressed.</summary>
    /// <exception cref="CommandException">The file cannot be read.</exception>
    public static CsvRows Open(string path) => SourceErrors.Guard(path, () =>
    {
        Stream stream = File.OpenRead(path);
        if (path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
            stream = new GZipStream(stream, CompressionMode.Decompress);
        return new CsvRows(new StreamReader(stream), path);
    });

    /// <summary>Reads from a stream of text, for example standard input.</summary>
    public static CsvRows Open(TextReader reader, string source) => new(reader, source);

    /// <summary>Reads the next row.</summary>
    /// <param name="readings">One reading per column; NaN where it is missing.</param>
    /// <param name="seconds">The time in seconds (any origin); NaN without a time column.</param>
    /// <returns>False at the end.</returns>
    /// <exception cref="CommandException">The row does not fit: names file, line and column.</exception>
    public bool TryRead(Span<float> readings, out double seconds)
    {
        seconds = double.NaN;
        if (Next() is not { } fields)
            return false;
        if (fields.Count != _fields)
            throw Bad($"{fields.Count} fields where the first line has {_fields}", "Give every row the same number of fields");
        int column = 0;
        for (int at = 0; at < fields.Count; at++)
        {
            if (at == _timeField)
                seconds = Time(fields[at]);
            else
                readings[column] = Reading(fields[at], column++);
        }

        return true;
    }

    public void Dispose() => _reader.Dispose();

    /// <summary>The name of a column for messages.</summary>
    public string ColumnName(int column) => Names is null ? $"column {column + 1}" : $"column '{Names[column]}'";

    private List<string>? Next()
    {
        if (_pending is { } first)
        {
            _pending = null;
            return first;
        }

        return SourceErrors.Guard(_source, NextLine) is { } line ? CsvLine.Split(line, _separator) : null;
    }

    private string? NextLine()
    {
        string? line;
        do
        {
            line = _reader.ReadLine();
            Line++;
        }
        while (line is not null && string.IsNullOrWhiteSpace(line));
        return line;
    }

    private float Reading(string field, int column)
    {
        if (CsvLine.IsNumber(field, out float value) && float.IsFinite(value))
            return value;
        if (CsvLine.IsMissing(field))
            return float.NaN;
        throw float.IsInfinity(value)
            ? Bad($"{ColumnName(column)} holds '{field}', which is not a finite number", "Correct the reading or leave the field empty")
            : Bad($"{ColumnName(column)} holds '{Shorten(field)}', which is not a number", "Remove the column or correct the field");
    }

    private double Time(string field)
    {
        double seconds;
        if (CsvLine.IsTime(field, out DateTimeOffset time))
            seconds = (time - DateTimeOffset.UnixEpoch).TotalSeconds;
        else if (double.TryParse(field, System.Globalization.CultureInfo.InvariantCulture, out double number) && double.IsFinite(number))
            seconds = CsvLine.Seconds(number);
        else
            throw Bad($"the time column holds '{Shorten(field)}'", "Use ISO 8601 times or numbers");
        if (seconds < _lastTime)
            throw Bad($"the time '{field}' is before that of the row above", "Sort the rows by time, or give the recordings as separate files");
        return _lastTime = seconds;
    }

    private CommandException Bad(string what, string advice) => CommandException.BadInput($"{_source}, line {Line}: {what}. {advice}.");

    private void CheckNames(IReadOnlyList<string> names)
    {
        string? twice = names.Where(name => name.Length > 0).GroupBy(name => name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (twice is not null)
            throw Bad($"the header has the column '{twice}' twice", "Give each column its own name");
    }

    private static string Shorten(string field) => field.Length <= 40 ? field : field[..40] + "...";
}
