using System.Text.Json;

namespace Latch.Mqtt.Tests;

/// <summary>Discovery, checked against the keys that Home Assistant documents for MQTT discovery, sensor.mqtt and binary_sensor.mqtt.</summary>
public sealed class HomeAssistantTests
{
    private static readonly string[] s_shared = ["device", "origin", "availability_topic", "payload_available", "payload_not_available"];
    private static readonly string[] s_device = ["identifiers", "name", "manufacturer", "model", "sw_version", "hw_version"];
    private static readonly Dictionary<string, string[]> s_component = new()
    {
        ["sensor"] = ["name", "unique_id", "state_topic", "value_template", "unit_of_measurement", "state_class", "device_class", "options"],
        ["binary_sensor"] = ["name", "unique_id", "state_topic", "value_template", "device_class"],
    };

    [Fact]
    public void Discovery_Device_IsOneDocumentOfDocumentedKeys()
    {
        using Broker broker = Broker.Open();
        using Watcher watcher = broker.Watch();
        using MqttPublisher publisher = new(broker.Options() with { HomeAssistant = new HomeAssistantOptions() }, Device.Pump);
        Seen config = watcher.Expect("homeassistant/device/latch_pump-7/config")[0];
        JsonElement root = config.Json;
        AssertKeys(root, [.. s_shared, "components"]);
        AssertShared(root);
        Assert.Equal(["alarm", "channel_0", "channel_1", "level", "score"], root.GetProperty("components").EnumerateObject().Select(static part => part.Name).Order(StringComparer.Ordinal));
        foreach (JsonProperty component in root.GetProperty("components").EnumerateObject())
            AssertComponent(component.Value, component.Value.GetProperty("platform").GetString()!, "platform");
        JsonElement channel = root.GetProperty("components").GetProperty("channel_0");
        Assert.Equal("°C", channel.GetProperty("unit_of_measurement").GetString());
        Assert.Equal("{{ value_json['values']['temperature'] }}", channel.GetProperty("value_template").GetString());
        Assert.Equal("""{{ value_json['values']['it\'s "odd"'] }}""", root.GetProperty("components").GetProperty("channel_1").GetProperty("value_template").GetString());
        JsonElement alarm = root.GetProperty("components").GetProperty("alarm");
        Assert.Equal(("binary_sensor", "problem"), (alarm.GetProperty("platform").GetString(), alarm.GetProperty("device_class").GetString()));
        // What the payload points at is what the publisher sends.
        Assert.Equal("online", watcher.Expect(root.GetProperty("availability_topic").GetString()!)[0].Text);
        publisher.Report(Device.Step(1));
        JsonElement state = watcher.Expect(channel.GetProperty("state_topic").GetString()!)[0].Json;
        Assert.Equal(21.5, state.GetProperty("values").GetProperty("temperature").GetDouble());
        // Home Assistant was restarted: it is told again.
        broker.Publish("homeassistant/status", "online");
        watcher.Expect("homeassistant/device/latch_pump-7/config", 2);
    }

    [Fact]
    public void Discovery_Component_IsOneDocumentEach()
    {
        using Broker broker = Broker.Open();
        using Watcher watcher = broker.Watch("homeassistant/#");
        HomeAssistantOptions options = new() { Discovery = HomeAssistantDiscovery.Component };
        using MqttPublisher publisher = new(broker.Options() with { HomeAssistant = options }, Device.Pump);
        watcher.Expect("homeassistant/sensor/latch_pump-7/channel_1/config");
        Assert.Equal(
        [
            "homeassistant/binary_sensor/latch_pump-7/alarm/config", "homeassistant/sensor/latch_pump-7/channel_0/config", "homeassistant/sensor/latch_pump-7/channel_1/config",
            "homeassistant/sensor/latch_pump-7/level/config", "homeassistant/sensor/latch_pump-7/score/config",
        ], watcher.All.Select(static seen => seen.Topic).Order(StringComparer.Ordinal));
        foreach (Seen seen in watcher.All)
        {
            AssertComponent(seen.Json, seen.Topic.Split('/')[1], s_shared);
            AssertShared(seen.Json);
        }
        Assert.Equal(5, watcher.All.Select(static seen => seen.Json.GetProperty("unique_id").GetString()).Distinct().Count());
    }

    private static void AssertShared(JsonElement root)
    {
        AssertKeys(root.GetProperty("device"), s_device);
        Assert.Equal("latch_pump-7", root.GetProperty("device").GetProperty("identifiers")[0].GetString());
        Assert.Equal("latch-agent", root.GetProperty("origin").GetProperty("name").GetString());
    }

    private static void AssertComponent(JsonElement component, string platform, params string[] more)
    {
        AssertKeys(component, [.. s_component[platform], .. more]);
        Assert.All(["unique_id", "state_topic", "value_template"], key => Assert.NotEmpty(component.GetProperty(key).GetString()!));
        if (component.TryGetProperty("state_class", out JsonElement state))
            Assert.Equal("measurement", state.GetString());
    }

    private static void AssertKeys(JsonElement element, string[] documented) =>
        Assert.Empty(element.EnumerateObject().Select(static part => part.Name).Except(documented));
}
