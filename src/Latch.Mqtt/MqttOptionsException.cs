namespace Latch.Mqtt;

/// <summary>Options that cannot work; the message says every fault and what to do.</summary>
public sealed class MqttOptionsException : Exception
{
    /// <summary>Makes one of the list of faults.</summary>
    public MqttOptionsException(IReadOnlyList<string> faults)
        : base("MQTT: " + string.Join(" ", faults)) => Faults = faults;

    /// <summary>Each fault as "key: what, and what to do".</summary>
    public IReadOnlyList<string> Faults { get; }
}
