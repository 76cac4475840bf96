using System.Globalization;
using System.IO.Compression;

namespace Latch.Sensors.Csv;

/// <summary>Replays a recording: a CSV file with a header (compressed when the name ends in .gz), one sample per line.</summary>
/// <remarks>
/// Fields are separated by commas, semicolons or tabs, whichever stands first in the header. An empty field is a missing reading (NaN).
/// A first column named time, timestamp, datetime or date holds ISO 8601 times or seconds; without it samples are one period apart.
/// Rows are read as they are asked for, so a broken line is reported when it is reached.
/// </remarks>
public sealed class CsvReplaySource : ISensorSource
{
    private static readonly string[] s_timeNames = ["time", "timestamp", "datetime", "date"];
    private readonly string _path;
    private readonly StreamReader _reader;
    private readonly char _separator;
    private readonly bool _hasTime;
    private readonly SensorChannel[] _channels;
    private readonly Queue<string> _ahead = [];
    private int _line = 1;
    private DateTimeOffset _next = DateTimeOffset.UnixEpoch;

    /// <summary>Opens a recording and reads its header.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sampleRate">Samples per second; null takes it from the first two times, and 1 Hz where there is no time column.</param>
    /// <exception cref="SensorFileException">The file is missing, empty, without a header, or not compressed as its name says.</exception>
    public CsvReplaySource(string path, double? sampleRate = null)
        : this(Open(path), path, sampleRate)
    {
    }

    /// <summary>Reads rows as they arrive, from standard input for example, and reads the header.</summary>
    /// <param name="stream">UTF-8 text; disposed with the source.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="sampleRate">Samples per second; it cannot be told from rows that are yet to come.</param>
    /// <exception cref="SensorFileException">The stream is empty or without a header.</exception>
    public CsvReplaySource(Stream stream, string name, double sampleRate)
        : this(new StreamReader(stream ?? throw new ArgumentNullException(nameof(stream))), name, sampleRate)
    {
    }

    private CsvReplaySource(StreamReader reader, string path, double? sampleRate)
    {
        _path = path;
        _reader = reader;
        try
        {
            string header = ReadLine() ?? throw Bad(0, "the file is empty; a header line with channel names was expected.");
            int first = header.AsSpan().IndexOfAny(',', ';', '\t');
            _separator = first < 0 ? ',' : header[first];
            string[] names = [.. header.Split(_separator).Select(name => name.Trim().Trim('"'))];
            _hasTime = s_timeNames.Contains(names[0], StringComparer.OrdinalIgnoreCase);
            _channels = [.. names.Skip(_hasTime ? 1 : 0).Select(name => new SensorChannel(name, ""))];
            CheckNames();
            SampleRate = sampleRate ?? RateOfFirstRows();
        }
        catch
        {
            _reader.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<SensorChannel> Channels => _channels;

    /// <inheritdoc/>
    public double SampleRate { get; }

    /// <inheritdoc/>
    /// <exception cref="SensorFileException">The line has another number of fields than the header, or a field is not a number or time. The next read goes on with the line after it.</exception>
    public bool TryRead(Span<float> sample, out DateTimeOffset time)
    {
        Throw.IfWrongLength(sample, _channels);
        time = _next;
        if (TakeLine() is not { } text)
            return false;
        _line++;
        _next = time.AddSeconds(1 / SampleRate);
        ReadOnlySpan<char> rest = text;
        if (_hasTime)
            time = ParseTime(TakeField(ref rest, _channels.Length > 0));
        for (int i = 0; i < sample.Length; i++)
            sample[i] = ParseReading(TakeField(ref rest, i < sample.Length - 1), i);
        _next = time.AddSeconds(1 / SampleRate);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();

    private static StreamReader Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            Stream file = File.OpenRead(path);
            return new(path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SensorFileException(path, 0, $"cannot be opened. {e.Message}", e);
        }
    }

    private string? ReadLine()
    {
        try
        {
            return _reader.ReadLine();
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new SensorFileException(_path, 0, $"is damaged, or not compressed though its name ends in .gz. {e.Message}", e);
        }
    }

    private string? TakeLine()
    {
        string? line = _ahead.TryDequeue(out string? known) ? known : ReadLine();
        return line is { Length: 0 } && _ahead.Count == 0 && _reader.EndOfStream ? null : line;
    }

    private void CheckNames()
    {
        if (_channels.Length == 0)
            throw Bad(1, "the header names no channel besides the time.");
        for (int i = 0; i < _channels.Length; i++)
        {
            string name = _channels[i].Name;
            if (name.Length == 0 || double.TryParse(name, CultureInfo.InvariantCulture, out _))
                throw Bad(1, $"'{name}' is not a channel name; the first line must be a header.");
            if (Array.FindIndex(_channels, channel => channel.Name == name) != i)
                throw Bad(1, $"the channel '{name}' appears twice; names must be unique.");
        }
    }

    private double RateOfFirstRows()
    {
        if (!_hasTime)
            return 1;
        while (_ahead.Count < 2 && ReadLine() is { } line)
            _ahead.Enqueue(line);
        if (_ahead.Count < 2 || _ahead.Last().Length == 0)
            return 1;
        _line = 2;
        DateTimeOffset first = TimeOf(_ahead.First());
        _line = 3;
        double seconds = (TimeOf(_ahead.Last()) - first).TotalSeconds;
        _line = 1;
        if (seconds <= 0)
            throw Bad(3, "the time does not increase, so the sample rate cannot be told from it; state the rate.");
        return Math.Round(1 / seconds, 2, MidpointRounding.AwayFromZero) is > 0 and double rounded ? rounded : 1 / seconds;
    }

    private DateTimeOffset TimeOf(ReadOnlySpan<char> line) => ParseTime(TakeField(ref line, true));

    private ReadOnlySpan<char> TakeField(ref ReadOnlySpan<char> rest, bool more)
    {
        int end = rest.IndexOf(_separator);
        if (more != end >= 0)
            throw Bad(_line, $"the number of fields is not that of the header ({_channels.Length + (_hasTime ? 1 : 0)}).");
        ReadOnlySpan<char> field = more ? rest[..end] : rest;
        rest = more ? rest[(end + 1)..] : default;
        return field.Trim();
    }

    private float ParseReading(ReadOnlySpan<char> field, int channel)
    {
        if (field.IsEmpty)
            return float.NaN;
        if (!float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) || !float.IsFinite(value))
            throw Bad(_line, $"'{field}' in column '{_channels[channel].Name}' is not a finite number; leave the field empty where a reading is missing.");
        return value;
    }

    private DateTimeOffset ParseTime(ReadOnlySpan<char> field)
    {
        if (double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && Math.Abs(seconds) < 1e11)
            return DateTimeOffset.UnixEpoch.AddSeconds(seconds);
        if (DateTimeOffset.TryParse(field, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
            return time;
        throw Bad(_line, $"'{field}' is not a time; ISO 8601 or a number of seconds was expected.");
    }

    private SensorFileException Bad(int line, string reason) => new(_path, line, reason);
}
