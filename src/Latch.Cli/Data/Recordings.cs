namespace Latch.Cli.Data;

/// <summary>The files of a DATA option, each with its rows in the model's channel order.</summary>
internal static class Recordings
{
    /// <summary>Reads the files.</summary>
    /// <param name="paths">CSV, Parquet or text files.</param>
    /// <param name="channels">The model's channel names; empty when it has none.</param>
    /// <param name="channelCount">Readings per sample the model takes.</param>
    /// <param name="missing">What to do with gaps.</param>
    /// <exception cref="CommandException">A file cannot be read or does not fit.</exception>
    public static IReadOnlyList<Recording> Read(
        IReadOnlyList<string> paths, IReadOnlyList<string> channels, int channelCount, MissingReadings missing, CancellationToken cancellation) =>
        [.. paths.Select(path =>
        {
            Series series = Series.Read(path, channels, missing, cancellation);
            ChannelMap map = ChannelMap.Match(path, series.Names, series.Columns, channels, channelCount);
            return new Recording(path, map.Apply(series.Rows));
        })];
}

/// <summary>One recording: rows of readings in the model's channel order.</summary>
internal sealed record Recording(string Source, IReadOnlyList<float[]> Rows);
