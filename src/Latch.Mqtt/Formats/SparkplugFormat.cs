using System.Globalization;
using System.Text;
using Latch.Sensors.Outputs;
using Head = Latch.Mqtt.Formats.SparkplugMetric.Head;

namespace Latch.Mqtt.Formats;

/// <summary>
/// An edge node of Sparkplug B 3.0. The birth names every metric and its alias, data carry aliases only, the last will is the death; both bear the number of the session
/// (bdSeq). Births and data are numbered 0 to 255 (seq), from 0 with each birth.
/// </summary>
internal sealed class SparkplugFormat : IMessageFormat
{
    private const string Rebirth = "Node Control/Rebirth";
    private const int StepAlias = 1;
    private const int ScoreAlias = 2;
    private const int ThresholdAlias = 3;
    private const int LevelAlias = 4;
    private const int AlarmAlias = 5;
    private const int ReasonAlias = 6;
    private const int FirstChannelAlias = 16;

    private readonly DeviceDescription _device;
    private readonly StepEntry _last;
    private readonly string _birthTopic;
    private readonly string _dataTopic;
    private readonly string _deathTopic;
    private readonly string _commandTopic;
    private readonly string _keptTopic;
    private readonly string? _sessionFile;
    private byte _session;
    private byte _sequence;
    private string? _reason;
    private bool _any;

    public SparkplugFormat(SparkplugOptions options, DeviceDescription device, string? folder)
    {
        (_device, _last) = (device, new StepEntry(device.Channels.Count));
        string node = options.Node ?? device.Name;
        _birthTopic = $"spBv1.0/{options.Group}/NBIRTH/{node}";
        _dataTopic = $"spBv1.0/{options.Group}/NDATA/{node}";
        _deathTopic = $"spBv1.0/{options.Group}/NDEATH/{node}";
        _commandTopic = $"spBv1.0/{options.Group}/NCMD/{node}";
        // Aliases mean something only with the same channels: queued data say with which.
        _keptTopic = $"{_dataTopic}#{Queue.Crc32.Of(Encoding.UTF8.GetBytes(string.Join('\n', device.Channels.Select(static channel => channel.Name)))):x8}";
        _sessionFile = folder is null ? null : Path.Combine(folder, Name, "session");
        _session = (byte)(ReadSession() - 1);
    }

    public string Name => "sparkplug";

    public IReadOnlyList<string> Subscriptions => [_commandTopic];

    private int Forecasts => FirstChannelAlias + _device.Channels.Count;

    public Message Will()
    {
        // A new connection, a new session; the number after it is kept, so that a restart does not take this one again.
        _session++;
        WriteSession();
        return Death();
    }

    public Message Death()
    {
        ProtobufWriter payload = new();
        SparkplugMetric.Begin(payload, DateTimeOffset.UtcNow);
        SparkplugMetric.Add(payload, new Head("bdSeq", null, DateTimeOffset.UtcNow), _session);
        return new Message(_deathTopic, payload.Written.ToArray(), 1);
    }

    public IEnumerable<Message> Birth()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        ProtobufWriter payload = new();
        SparkplugMetric.Begin(payload, now);
        SparkplugMetric.Add(payload, new Head("bdSeq", null, now), _session);
        SparkplugMetric.Add(payload, new Head(Rebirth, null, now), false);
        SparkplugMetric.Add(payload, new Head("Properties/Model", null, now), _device.Model);
        SparkplugMetric.Add(payload, new Head("Properties/Model Version", null, now), _device.ModelVersion);
        SparkplugMetric.Add(payload, new Head("Properties/Fingerprint", null, now), _device.Fingerprint);
        SparkplugMetric.Add(payload, new Head("Properties/Agent", null, now), _device.AgentVersion);
        SparkplugMetric.Add(payload, new Head("Properties/Target", null, now), _device.Target);
        SparkplugMetric.Add(payload, new Head("Properties/Rate", null, now, Unit: "Hz"), _device.Rate);
        Values(payload, _last, named: true, late: false, _any ? _last.Time : now);
        _sequence = 0;
        SparkplugMetric.Sequence(payload, _sequence);
        yield return new Message(_birthTopic, payload.Written.ToArray(), 0);
    }

    public IEnumerable<Message> Encode(StepEntry entry, bool late)
    {
        if (!late)
        {
            _last.Take(entry);
            _any = true;
        }
        ProtobufWriter payload = new();
        SparkplugMetric.Begin(payload, entry.Time);
        Values(payload, entry, named: false, late, entry.Time);
        yield return Data(payload, late);
    }

    public IEnumerable<Message> Encode(in AlarmReport alarm, bool late)
    {
        if (!late)
            _reason = alarm.Reason;
        ProtobufWriter payload = new();
        SparkplugMetric.Begin(payload, alarm.Time);
        SparkplugMetric.Add(payload, new Head(null, StepAlias, alarm.Time, late), alarm.Step);
        SparkplugMetric.Add(payload, new Head(null, ScoreAlias, alarm.Time, late), alarm.Score);
        SparkplugMetric.Add(payload, new Head(null, LevelAlias, alarm.Time, late), LevelNames.Of(alarm.Level));
        SparkplugMetric.Add(payload, new Head(null, AlarmAlias, alarm.Time, late), alarm.Level >= AlarmLevel.Alarm);
        SparkplugMetric.Add(payload, new Head(null, ReasonAlias, alarm.Time, late), alarm.Reason);
        return [Data(payload, late)];
    }

    public Message? Restore(string topic, byte[] body)
    {
        if (topic != _keptTopic)
            return null;
        ProtobufWriter sequence = new();
        SparkplugMetric.Sequence(sequence, ++_sequence);
        return new Message(_dataTopic, [.. body, .. sequence.Written], 0, Kept: true);
    }

    public bool Receive(string topic, ReadOnlySpan<byte> body) => topic == _commandTopic && AsksForRebirth(body);

    /// <summary>Data for now, with their number; or for the queue, which numbers them when they are sent.</summary>
    private Message Data(ProtobufWriter payload, bool late)
    {
        if (late)
            return new Message(_keptTopic, payload.Written.ToArray(), 0, Kept: true);
        SparkplugMetric.Sequence(payload, ++_sequence);
        return new Message(_dataTopic, payload.Written.ToArray(), 0, Kept: true);
    }

    private void Values(ProtobufWriter payload, StepEntry entry, bool named, bool late, DateTimeOffset time)
    {
        bool any = !named || _any;
        Head Metric(string name, int alias, string? unit = null) => new(named ? name : null, alias, time, late, named ? unit : null);
        SparkplugMetric.Add(payload, Metric("Step", StepAlias), entry.Step);
        SparkplugMetric.Add(payload, Metric("Score", ScoreAlias), any ? entry.Score : double.NaN);
        SparkplugMetric.Add(payload, Metric("Threshold", ThresholdAlias), any ? entry.Threshold : double.NaN);
        SparkplugMetric.Add(payload, Metric("Level", LevelAlias), LevelNames.Of(entry.Level));
        SparkplugMetric.Add(payload, Metric("Alarm", AlarmAlias), entry.Level >= AlarmLevel.Alarm);
        if (named)
            SparkplugMetric.Add(payload, Metric("Reason", ReasonAlias), _reason);
        for (int channel = 0; channel < _device.Channels.Count; channel++)
        {
            (string name, string unit) = _device.Channels[channel];
            SparkplugMetric.Add(payload, Metric("Channels/" + name, FirstChannelAlias + channel, unit), any ? entry.Sample[channel] : float.NaN);
            if (named || channel < entry.Forecast.Length)
                SparkplugMetric.Add(payload, Metric("Forecast/" + name, Forecasts + channel, unit), channel < entry.Forecast.Length ? entry.Forecast[channel] : float.NaN);
        }
    }

    private static bool AsksForRebirth(ReadOnlySpan<byte> body)
    {
        ProtobufReader payload = new(body);
        while (payload.TryRead(out int field, out _, out ReadOnlySpan<byte> metric))
        {
            if (field != 2)
                continue;
            ProtobufReader reader = new(metric);
            (bool isRebirth, bool value) = (false, false);
            while (reader.TryRead(out int part, out ulong number, out ReadOnlySpan<byte> content))
            {
                isRebirth |= part == 1 && Encoding.UTF8.GetString(content) == Rebirth;
                value |= part == 14 && number == 1;
            }
            if (isRebirth && value)
                return true;
        }
        return false;
    }

    private byte ReadSession() =>
        _sessionFile is not null && File.Exists(_sessionFile) && byte.TryParse(File.ReadAllText(_sessionFile), NumberStyles.None, CultureInfo.InvariantCulture, out byte next) ? next : (byte)0;

    private void WriteSession()
    {
        if (_sessionFile is null)
            return;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_sessionFile)!);
            File.WriteAllText(_sessionFile + ".new", ((byte)(_session + 1)).ToString(CultureInfo.InvariantCulture));
            File.Move(_sessionFile + ".new", _sessionFile, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A full disk: a restart would take a number again, which hosts tell apart by the birth.
            _ = exception;
        }
    }
}
