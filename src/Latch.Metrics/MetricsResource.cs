namespace Latch.Metrics;

/// <summary>Whose metrics they are.</summary>
public sealed record MetricsResource
{
    /// <summary>service.instance.id: the device's name.</summary>
    public required string Instance { get; init; }

    /// <summary>latch.model: name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>latch.model.version: version of the model's bundle; 0 without one.</summary>
    public int ModelVersion { get; init; }

    /// <summary>latch.target: name of the target that the agent was built for; empty when unknown.</summary>
    public string Target { get; init; } = "";

    /// <summary>service.version: version of the agent; empty when unknown.</summary>
    public string Version { get; init; } = "";
}
