using System.Globalization;
using System.Text;
using System.Text.Json;
using Latch.Mqtt.Connection;
using Latch.Sensors;

namespace Latch.Mqtt;

/// <summary>
/// Reads channels from topics: a sample is the last value of each channel; one that was not sent for too long, or never, is NaN. Connects in the background, and again when the
/// connection is lost; meanwhile values time out.
/// </summary>
/// <remarks>A read does not wait: <see cref="PacedSource"/> or the reader's own clock paces it.</remarks>
public sealed class MqttSource : ISensorSource
{
    private readonly MqttSourceOptions _options;
    private readonly TimeProvider _clock;
    private readonly JsonPath?[] _paths;
    private readonly ILookup<string, int> _topics;
    private readonly Lock _access = new();
    private readonly float[] _values;
    private readonly long[] _received;
    private readonly AutoResetEvent _wake = new(false);
    private readonly BrokerLink _link;
    private readonly Thread _thread;
    private readonly Action<string>? _failed;
    private volatile bool _stopping;

    /// <summary>Starts to connect, in the background.</summary>
    /// <param name="options">Broker, topics, rate.</param>
    /// <param name="clock">For the time of day and the age of values; the system's when null.</param>
    /// <param name="failed">Told, on a thread of the source, why there is no connection; the same reason once until there was a connection again.</param>
    /// <exception cref="MqttOptionsException">The options are at fault.</exception>
    public MqttSource(MqttSourceOptions options, TimeProvider? clock = null, Action<string>? failed = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Faults() is { Count: > 0 } faults)
            throw new MqttOptionsException(faults);
        (_options, _clock, _failed) = (options, clock ?? TimeProvider.System, failed);
        Channels = [.. options.Channels.Select(static channel => new SensorChannel(channel.Name, channel.Unit))];
        _paths = [.. options.Channels.Select(static channel => channel.Path is { } path ? JsonPath.Parse(path) : null)];
        _topics = Enumerable.Range(0, options.Channels.Count).ToLookup(index => options.Channels[index].Topic);
        _values = new float[options.Channels.Count];
        _received = new long[options.Channels.Count];
        Array.Fill(_values, float.NaN);
        _link = new BrokerLink(options, options.ClientId ?? $"latch-source-{Environment.MachineName}-{Environment.ProcessId}", () => _wake.Set(), Receive);
        _thread = new Thread(Run) { Name = "mqtt source", IsBackground = true };
        _thread.Start();
    }

    /// <inheritdoc/>
    public IReadOnlyList<SensorChannel> Channels { get; }

    /// <inheritdoc/>
    public double SampleRate => _options.Rate;

    /// <summary>Whether the connection stands.</summary>
    public bool IsConnected => _link.IsConnected;

    /// <summary>The last failure of the connection; null without one.</summary>
    public string? LastError => _link.LastError;

    /// <inheritdoc/>
    public bool TryRead(Span<float> sample, out DateTimeOffset time)
    {
        if (sample.Length != _values.Length)
            throw new ArgumentException($"A sample of {sample.Length} readings was given; the source has {_values.Length} channels.", nameof(sample));
        time = _clock.GetUtcNow();
        if (_stopping)
            return false;
        lock (_access)
        {
            for (int channel = 0; channel < sample.Length; channel++)
                sample[channel] = _clock.GetElapsedTime(_received[channel]).TotalSeconds <= _options.ValueTimeoutSeconds ? _values[channel] : float.NaN;
        }
        return true;
    }

    /// <summary>Disconnects.</summary>
    public void Dispose()
    {
        if (_stopping)
            return;
        _stopping = true;
        _wake.Set();
        _thread.Join(TimeSpan.FromSeconds(2));
        _link.Disconnect();
        _link.Dispose();
        _wake.Dispose();
    }

    private void Run()
    {
        string[] topics = [.. _topics.Select(static topic => topic.Key)];
        string? told = null;
        while (!_stopping)
        {
            if (_link.Poll(static () => null, topics, _options.Qos))
                told = null;
            if (!_link.IsConnected && _link.LastError is { } error && error != told)
                _failed?.Invoke(told = error);
            _wake.WaitOne(TimeSpan.FromMilliseconds(500));
        }
    }

    private void Receive(string topic, ReadOnlySpan<byte> body)
    {
        int[] channels = [.. _topics[topic]];
        using JsonDocument? document = channels.Any(channel => _paths[channel] is not null) ? Parse(body) : null;
        long now = _clock.GetTimestamp();
        foreach (int channel in channels)
        {
            float value = _paths[channel] is not { } path ? Number(body) : document is null ? float.NaN : path.Read(document.RootElement);
            lock (_access)
                (_values[channel], _received[channel]) = (value, now);
        }
    }

    private static JsonDocument? Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonDocument.Parse(body.ToArray());
        }
        catch (JsonException)
        {
            // A payload that is not JSON is a missing reading, as one without the number is.
            return null;
        }
    }

    private static float Number(ReadOnlySpan<byte> body)
    {
        string text = Encoding.UTF8.GetString(body).Trim();
        if (bool.TryParse(text, out bool flag))
            return flag ? 1 : 0;
        return float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) ? value : float.NaN;
    }
}
