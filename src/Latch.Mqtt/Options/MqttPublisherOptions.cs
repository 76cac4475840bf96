namespace Latch.Mqtt;

/// <summary>What the publisher sends, how often, and where it keeps what could not be sent.</summary>
public sealed record MqttPublisherOptions : MqttConnectionOptions
{
    /// <summary>First levels of the plain JSON topics; the device's name follows.</summary>
    public string TopicPrefix { get; init; } = "latch";

    /// <summary>Quality of service of the plain topics: 0 at most once, 1 at least once, 2 exactly once.</summary>
    public int Qos { get; init; } = 1;

    /// <summary>A sample is sent every so many steps; 0 leaves it to <see cref="EverySeconds"/>.</summary>
    public int EverySteps { get; init; }

    /// <summary>A sample is sent every so many seconds; 0 leaves it to <see cref="EverySteps"/>. A step whose level changed is always sent.</summary>
    public double EverySeconds { get; init; } = 1;

    /// <summary>Whether the plain JSON topics are sent.</summary>
    public bool Json { get; init; } = true;

    /// <summary>Whether gate records are sent, while connected.</summary>
    public bool Gates { get; init; }

    /// <summary>Sparkplug B, over a connection of its own; null for none.</summary>
    public SparkplugOptions? Sparkplug { get; init; }

    /// <summary>Home Assistant's discovery, which needs the plain topics; null for none.</summary>
    public HomeAssistantOptions? HomeAssistant { get; init; }

    /// <summary>What is kept while the broker cannot be reached.</summary>
    public MqttQueueOptions Queue { get; init; } = new();

    /// <inheritdoc/>
    public override IReadOnlyList<string> Faults(bool lookForFiles = true) => [.. ConnectionFaults.Of(this, lookForFiles), .. PublisherFaults.Of(this)];
}

/// <summary>The node's place in a Sparkplug B namespace: spBv1.0/group/.../node.</summary>
public sealed record SparkplugOptions
{
    /// <summary>Group identifier.</summary>
    public string Group { get; init; } = "latch";

    /// <summary>Edge node identifier; null for the device's name.</summary>
    public string? Node { get; init; }
}

/// <summary>How the device announces itself to Home Assistant.</summary>
public sealed record HomeAssistantOptions
{
    /// <summary>Home Assistant's discovery prefix.</summary>
    public string Prefix { get; init; } = "homeassistant";

    /// <summary>One message for the whole device (Home Assistant 2024.11 and later), or one for each component.</summary>
    public HomeAssistantDiscovery Discovery { get; init; } = HomeAssistantDiscovery.Device;
}

/// <summary>Form of Home Assistant's discovery messages.</summary>
public enum HomeAssistantDiscovery
{
    /// <summary>prefix/device/NAME/config.</summary>
    Device,

    /// <summary>prefix/sensor/NAME/COMPONENT/config, one for each component.</summary>
    Component,
}

/// <summary>Bounds of what is kept while the broker cannot be reached.</summary>
public sealed record MqttQueueOptions
{
    /// <summary>Steps and alarms kept in memory between the inference loop and the sender.</summary>
    public int Memory { get; init; } = 1024;

    /// <summary>Folder of the queue on disk; null keeps nothing on disk: what does not fit into memory is dropped.</summary>
    public string? Folder { get; init; }

    /// <summary>Largest size on disk in MiB, for samples; alarms have a tenth of it to themselves. The oldest are dropped first.</summary>
    public int LimitMiB { get; init; } = 64;

    /// <summary>A power cut loses at most the samples of so many seconds; an alarm is on disk before the next message.</summary>
    public double SyncSeconds { get; init; } = 10;
}
