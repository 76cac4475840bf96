using System.Text.Json;
using Latch.Sensors;

namespace Latch.Mqtt.Formats;

/// <summary>Home Assistant's discovery: a device with its score, level, alarm and channels, which read the topic "state".</summary>
internal static class HomeAssistantMessages
{
    private sealed record Component(string Id, string Platform, string Name, string Template, string Unit, bool IsMeasured);

    public static IEnumerable<Message> Discovery(HomeAssistantOptions options, string baseTopic, DeviceDescription device)
    {
        Component[] components = [.. Components(device)];
        string node = "latch_" + device.Name;
        if (options.Discovery == HomeAssistantDiscovery.Device)
        {
            yield return Retained($"{options.Prefix}/device/{node}/config", writer =>
            {
                Shared(writer, baseTopic, device);
                writer.WriteStartObject("components");
                foreach (Component component in components)
                {
                    writer.WriteStartObject(component.Id);
                    writer.WriteString("platform", component.Platform);
                    Write(writer, component, node, baseTopic);
                    writer.WriteEndObject();
                }
                writer.WriteEndObject();
            });
            yield break;
        }
        foreach (Component component in components)
        {
            yield return Retained($"{options.Prefix}/{component.Platform}/{node}/{component.Id}/config", writer =>
            {
                Shared(writer, baseTopic, device);
                Write(writer, component, node, baseTopic);
            });
        }
    }

    private static Message Retained(string topic, Action<Utf8JsonWriter> properties) => new(topic, JsonBody.Write(properties), 1, Retain: true);

    private static IEnumerable<Component> Components(DeviceDescription device)
    {
        yield return new Component("score", "sensor", "Anomaly score", "{{ value_json.score }}", "", IsMeasured: true);
        yield return new Component("level", "sensor", "Level", "{{ value_json.level }}", "", IsMeasured: false);
        yield return new Component("alarm", "binary_sensor", "Alarm", "{{ 'ON' if value_json.level in ['alarm', 'fault'] else 'OFF' }}", "", IsMeasured: false);
        for (int index = 0; index < device.Channels.Count; index++)
        {
            SensorChannel channel = device.Channels[index];
            // The name goes into a quoted string of a template.
            string name = channel.Name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal);
            yield return new Component($"channel_{index}", "sensor", channel.Name, $"{{{{ value_json['values']['{name}'] }}}}", channel.Unit, IsMeasured: true);
        }
    }

    private static void Shared(Utf8JsonWriter writer, string baseTopic, DeviceDescription device)
    {
        writer.WriteStartObject("device");
        writer.WriteStartArray("identifiers");
        writer.WriteStringValue("latch_" + device.Name);
        writer.WriteEndArray();
        writer.WriteString("name", device.Name);
        writer.WriteString("manufacturer", "Latch");
        writer.WriteString("model", device.Model);
        writer.WriteString("sw_version", device.ModelVersion > 0 ? $"{device.AgentVersion} (model {device.ModelVersion})" : device.AgentVersion);
        if (device.Target.Length > 0)
            writer.WriteString("hw_version", device.Target);
        writer.WriteEndObject();
        writer.WriteStartObject("origin");
        writer.WriteString("name", "latch-agent");
        writer.WriteString("sw_version", device.AgentVersion);
        writer.WriteEndObject();
        writer.WriteString("availability_topic", baseTopic + "status");
        writer.WriteString("payload_available", "online");
        writer.WriteString("payload_not_available", "offline");
    }

    private static void Write(Utf8JsonWriter writer, Component component, string node, string baseTopic)
    {
        writer.WriteString("name", component.Name);
        writer.WriteString("unique_id", $"{node}_{component.Id}");
        writer.WriteString("state_topic", baseTopic + "state");
        writer.WriteString("value_template", component.Template);
        if (component.Unit.Length > 0)
            writer.WriteString("unit_of_measurement", component.Unit);
        if (component.IsMeasured)
            writer.WriteString("state_class", "measurement");
        if (component.Id == "alarm")
            writer.WriteString("device_class", "problem");
        if (component.Id == "level")
            Options(writer);
    }

    private static void Options(Utf8JsonWriter writer)
    {
        writer.WriteString("device_class", "enum");
        writer.WriteStartArray("options");
        foreach (string level in LevelNames.All)
            writer.WriteStringValue(level);
        writer.WriteEndArray();
    }
}
