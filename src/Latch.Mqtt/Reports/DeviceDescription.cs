using Latch.Sensors;

namespace Latch.Mqtt;

/// <summary>Who reports: the board, its model, its channels.</summary>
public sealed record DeviceDescription
{
    /// <summary>The device's name: one topic level, unique in the fleet; letters, digits, '-' and '_'.</summary>
    public required string Name { get; init; }

    /// <summary>Name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>Version of the model's bundle; 0 without one.</summary>
    public int ModelVersion { get; init; }

    /// <summary>Fingerprint of the model; empty when unknown.</summary>
    public string Fingerprint { get; init; } = "";

    /// <summary>Version of the agent; empty when unknown.</summary>
    public string AgentVersion { get; init; } = "";

    /// <summary>Name of the target that the agent was built for; empty when unknown.</summary>
    public string Target { get; init; } = "";

    /// <summary>The channels, in the order of a sample.</summary>
    public required IReadOnlyList<SensorChannel> Channels { get; init; }

    /// <summary>Steps per second, in Hz.</summary>
    public required double Rate { get; init; }

    /// <summary>Everything that is wrong with the description, each as "device: what"; empty when nothing is.</summary>
    public IReadOnlyList<string> Faults() => PublisherFaults.Of(this);
}
