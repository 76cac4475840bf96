using System.Text.Json;
using Latch.Sensors;

namespace Latch.Mqtt.Formats;

/// <summary>Plain JSON topics below prefix/device, and Home Assistant's discovery beside them.</summary>
internal sealed class JsonFormat(MqttPublisherOptions options, DeviceDescription device) : IMessageFormat
{
    private readonly string _base = $"{options.TopicPrefix}/{device.Name}/";
    private readonly string? _homeStatus = options.HomeAssistant is { } home ? home.Prefix + "/status" : null;

    public string Name => "json";

    public IReadOnlyList<string> Subscriptions => _homeStatus is null ? [] : [_homeStatus];

    public Message Will() => Status("offline"u8);

    public Message Death() => Status("offline"u8);

    public IEnumerable<Message> Birth()
    {
        yield return new Message(_base + "info", Info(), 1, Retain: true);
        if (options.HomeAssistant is { } home)
        {
            foreach (Message message in HomeAssistantMessages.Discovery(home, _base, device))
                yield return message;
        }
        // Last: who reads "online" finds the rest there.
        yield return Status("online"u8);
    }

    public IEnumerable<Message> Encode(StepEntry entry, bool late)
    {
        byte[] body = Sample(entry);
        yield return new Message(_base + "samples", body, options.Qos, Kept: true);
        if (!late)
            yield return new Message(_base + "state", body, options.Qos, Retain: true);
    }

    public IEnumerable<Message> Encode(in AlarmReport alarm, bool late) => [new Message(_base + "alarms", Alarm(alarm), options.Qos, Kept: true)];

    public Message? Restore(string topic, byte[] body) => new Message(topic, body, options.Qos, Kept: true);

    public bool Receive(string topic, ReadOnlySpan<byte> body) => topic == _homeStatus && body.SequenceEqual("online"u8);

    private Message Status(ReadOnlySpan<byte> status) => new(_base + "status", status.ToArray(), 1, Retain: true);

    private byte[] Info() => JsonBody.Write(writer =>
    {
        writer.WriteString("device", device.Name);
        writer.WriteString("model", device.Model);
        writer.WriteNumber("modelVersion", device.ModelVersion);
        writer.WriteString("fingerprint", device.Fingerprint);
        writer.WriteString("agent", device.AgentVersion);
        writer.WriteString("target", device.Target);
        writer.WriteNumber("rate", device.Rate);
        writer.WriteStartArray("channels");
        foreach (SensorChannel channel in device.Channels)
        {
            writer.WriteStartObject();
            writer.WriteString("name", channel.Name);
            writer.WriteString("unit", channel.Unit);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    });

    private byte[] Sample(StepEntry entry) => JsonBody.Write(writer =>
    {
        writer.WriteString("time", entry.Time.UtcDateTime);
        writer.WriteNumber("step", entry.Step);
        writer.WriteString("level", LevelNames.Of(entry.Level));
        JsonBody.Number(writer, "score", entry.Score);
        JsonBody.Number(writer, "threshold", entry.Threshold);
        Values(writer, "values", entry.Sample);
        if (entry.Forecast.Length > 0)
            Values(writer, "forecast", entry.Forecast);
    });

    private void Values(Utf8JsonWriter writer, string name, ReadOnlySpan<float> values)
    {
        writer.WriteStartObject(name);
        for (int channel = 0; channel < values.Length; channel++)
            JsonBody.Number(writer, device.Channels[channel].Name, values[channel]);
        writer.WriteEndObject();
    }

    private byte[] Alarm(AlarmReport alarm) => JsonBody.Write(writer =>
    {
        writer.WriteString("time", alarm.Time.UtcDateTime);
        writer.WriteNumber("step", alarm.Step);
        writer.WriteString("level", LevelNames.Of(alarm.Level));
        writer.WriteString("previous", LevelNames.Of(alarm.Previous));
        JsonBody.Number(writer, "score", alarm.Score);
        JsonBody.Number(writer, "threshold", alarm.Threshold);
        if (alarm.Channel >= 0 && alarm.Channel < device.Channels.Count)
            writer.WriteString("channel", device.Channels[alarm.Channel].Name);
        if (alarm.Reason is { } reason)
            writer.WriteString("reason", reason);
    });
}
