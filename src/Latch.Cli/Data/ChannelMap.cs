namespace Latch.Cli.Data;

/// <summary>Which column of a recording goes to which channel of a model.</summary>
internal sealed class ChannelMap
{
    private readonly int[] _columns;

    private ChannelMap(int[] columns) => _columns = columns;

    /// <summary>Matches by name when both sides have names, else by position.</summary>
    /// <param name="source">The recording's name, for messages.</param>
    /// <param name="columns">Its column names, or null.</param>
    /// <param name="columnCount">Its number of columns.</param>
    /// <param name="channels">The model's channel names; empty when it has none.</param>
    /// <param name="channelCount">Readings per sample the model takes.</param>
    /// <exception cref="CommandException">Columns are missing, or the numbers differ.</exception>
    public static ChannelMap Match(string source, IReadOnlyList<string>? columns, int columnCount, IReadOnlyList<string> channels, int channelCount)
    {
        if (columns is not null && channels.Count > 0)
            return ByName(source, columns, channels);
        if (columnCount != channelCount)
        {
            throw CommandException.BadInput($"{source}: {Count(columnCount, "channel")}, but the model takes {channelCount}. "
                + "Give one column per channel (a time column is not counted), or quantize with --channels, which picks columns by name.");
        }

        return new ChannelMap([.. Enumerable.Range(0, channelCount)]);
    }

    /// <summary>Puts a row's readings in the model's order.</summary>
    public void Apply(ReadOnlySpan<float> row, Span<float> sample)
    {
        for (int channel = 0; channel < _columns.Length; channel++)
            sample[channel] = row[_columns[channel]];
    }

    /// <summary>Puts a whole recording in the model's order.</summary>
    public IReadOnlyList<float[]> Apply(IReadOnlyList<float[]> rows)
    {
        float[][] samples = new float[rows.Count][];
        for (int row = 0; row < rows.Count; row++)
            Apply(rows[row], samples[row] = new float[_columns.Length]);
        return samples;
    }

    private static ChannelMap ByName(string source, IReadOnlyList<string> columns, IReadOnlyList<string> channels)
    {
        int[] map = [.. channels.Select(channel => Find(columns, channel))];
        string[] missing = [.. channels.Where((_, at) => map[at] < 0)];
        if (missing.Length > 0)
        {
            bool live = source == "host";
            throw CommandException.BadInput($"{source}{(live ? "" : ", line 1")}: {(missing.Length == 1 ? "the column" : "the columns")} "
                + $"{string.Join(", ", missing.Take(8).Select(name => $"'{name}'"))}{(missing.Length > 8 ? $" and {missing.Length - 8} more" : "")} "
                + $"{(missing.Length == 1 ? "is" : "are")} missing; the model needs {channels.Count} named channels. "
                + (live ? "This machine does not offer it all: record it and train a model of its own." : "Add what is missing or rename the header."));
        }

        return new ChannelMap(map);
    }

    private static int Find(IReadOnlyList<string> columns, string name)
    {
        for (int column = 0; column < columns.Count; column++)
            if (string.Equals(columns[column], name, StringComparison.OrdinalIgnoreCase))
                return column;
        return -1;
    }

    private static string Count(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";
}
