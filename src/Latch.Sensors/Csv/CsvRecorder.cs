using System.Globalization;
using System.IO.Compression;
using Latch.Model;

namespace Latch.Sensors.Csv;

/// <summary>Writes samples to a CSV file (compressed when the name ends in .gz): a header, then a UTC time and one column per channel.</summary>
/// <remarks>
/// The file grows beside its final name (its name, eight characters, <c>.tmp</c>) and is renamed by <see cref="Dispose"/>, so a reader never sees half a file.
/// Rows reach the disk every <see cref="FlushRows"/> rows: a crash leaves a readable <c>.tmp</c> that lacks at most those.
/// </remarks>
public sealed class CsvRecorder : IDisposable
{
    /// <summary>Rows between two flushes to the disk.</summary>
    public const int FlushRows = 20;

    private readonly WholeFile _file;
    private readonly StreamWriter _writer;
    private readonly int _channels;
    private bool _disposed;

    /// <summary>Creates the file and writes its header.</summary>
    /// <param name="path">The file to make; one that exists is replaced when the recording ends.</param>
    /// <param name="channels">The columns.</param>
    /// <exception cref="IOException">The folder does not exist or cannot be written.</exception>
    public CsvRecorder(string path, IReadOnlyList<SensorChannel> channels)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(channels);
        _channels = channels.Count;
        _file = new WholeFile(path);
        Stream file = _file.Stream;
        if (path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
            file = new GZipStream(file, CompressionLevel.SmallestSize);
        _writer = new StreamWriter(file) { NewLine = "\n" };
        _writer.Write("time");
        foreach (SensorChannel channel in channels)
        {
            _writer.Write(',');
            _writer.Write(channel.Name);
        }

        _writer.WriteLine();
    }

    /// <summary>Rows written so far.</summary>
    public int Rows { get; private set; }

    /// <summary>Appends one row. Readings are rounded to 3 decimals and 7 digits; NaN becomes an empty field.</summary>
    /// <exception cref="ArgumentException"><paramref name="sample"/> does not have one reading per channel.</exception>
    public void Write(ReadOnlySpan<float> sample, DateTimeOffset time)
    {
        if (sample.Length != _channels)
            throw new ArgumentException($"The sample has {sample.Length} readings, but the file has {_channels} channels.", nameof(sample));
        Span<char> field = stackalloc char[64];
        time.UtcDateTime.TryFormat(field, out int length, "yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        _writer.Write(field[..length]);
        foreach (float reading in sample)
        {
            _writer.Write(',');
            if (float.IsNaN(reading))
                continue;
            reading.TryFormat(field, out length, "0.###", CultureInfo.InvariantCulture);
            _writer.Write(field[..length]);
        }

        _writer.WriteLine();
        if (++Rows % FlushRows == 0)
            _writer.Flush();
    }

    /// <summary>Ends the recording: writes what is left and gives the file its final name.</summary>
    /// <exception cref="IOException">That cannot be done; the message says where the rows are.</exception>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        using (_file)
        {
            try
            {
                _writer.Dispose();
                _file.Complete();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
            {
                // .NET names a file that may not grow further an argument out of range.
                throw new IOException($"{exception.Message} The rows that were written are in '{_file.Keep()}'.", exception);
            }
        }
    }
}
