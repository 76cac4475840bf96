using Latch.Cli.Output;
using Latch.Sensors;
using Latch.Sensors.Host;

namespace Latch.Cli.Data;

/// <summary>What <c>--source</c> names: a file, the host, or standard input.</summary>
internal static class SampleSource
{
    public const string Description =
        "'host' for this machine's own telemetry, '-' for CSV rows on standard input, or a CSV, Parquet or text file.";

    /// <summary>Opens a source and puts its readings in the model's order.</summary>
    /// <param name="name">As on the command line.</param>
    /// <param name="rate">Samples per second; the host is read at this rate.</param>
    /// <param name="channels">The model's channel names; empty when it has none.</param>
    /// <param name="channelCount">Readings per sample the model takes.</param>
    /// <exception cref="CommandException">The source cannot be opened or does not fit the model.</exception>
    public static ISensorSource Open(
        string name, double rate, IReadOnlyList<string> channels, int channelCount, Terminal terminal, CancellationToken cancellation)
    {
        (ISensorSource source, IReadOnlyList<string>? names) = OpenUnmapped(name, rate, channels, terminal, cancellation);
        return new MappedSource(source, ChannelMap.Match(name == "-" ? "standard input" : name, names, source.Channels.Count, channels, channelCount), channelCount);
    }

    /// <summary>Opens this machine's telemetry, paced to a rate.</summary>
    /// <exception cref="CommandException">The machine shows no telemetry.</exception>
    public static ISensorSource OpenHost(double rate, CancellationToken cancellation)
    {
        try
        {
            return new PacedSource(new HostSensorSource(rate), cancellation);
        }
        catch (PlatformNotSupportedException exception)
        {
            throw CommandException.BadInput($"host: {exception.Message}");
        }
    }

    private static (ISensorSource Source, IReadOnlyList<string>? Names) OpenUnmapped(
        string name, double rate, IReadOnlyList<string> channels, Terminal terminal, CancellationToken cancellation)
    {
        if (name == "host")
        {
            ISensorSource host = OpenHost(rate, cancellation);
            return (host, [.. host.Channels.Select(channel => channel.Name)]);
        }

        if (name == "-")
        {
            CsvRows rows = FromInput(terminal, cancellation);
            return (new RowSource(rows, rate), rows.Names);
        }

        Series series = Series.Read(name, channels, MissingReadings.Keep, cancellation);
        return (new SeriesSource(series, rate), series.Names);
    }

    /// <exception cref="OperationCanceledException">Cancelled before the first line.</exception>
    private static CsvRows FromInput(Terminal terminal, CancellationToken cancellation)
    {
        try
        {
            return CsvRows.Open(new CancellableReader(terminal.In, cancellation), "standard input");
        }
        catch (CommandException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
    }

    /// <summary>A source whose readings are picked and put in order.</summary>
    private sealed class MappedSource(ISensorSource source, ChannelMap map, int count) : ISensorSource
    {
        private readonly float[] _row = new float[source.Channels.Count];

        public IReadOnlyList<SensorChannel> Channels { get; } = [.. source.Channels.Take(count)];

        public double SampleRate => source.SampleRate;

        public bool TryRead(Span<float> sample, out DateTimeOffset time)
        {
            if (!source.TryRead(_row, out time))
                return false;
            map.Apply(_row, sample);
            return true;
        }

        public void Dispose() => source.Dispose();
    }
}
