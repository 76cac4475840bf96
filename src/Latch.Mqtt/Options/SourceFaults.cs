namespace Latch.Mqtt;

/// <summary>The rules of <see cref="MqttSourceOptions"/> beyond those of the connection.</summary>
internal static class SourceFaults
{
    public static List<string> Of(MqttSourceOptions options)
    {
        List<string> faults = [];
        if (options.Channels.Count == 0)
            faults.Add("channels: is empty; name at least one topic.");
        for (int index = 0; index < options.Channels.Count; index++)
        {
            MqttChannel channel = options.Channels[index];
            string key = $"channels[{index}]";
            if (channel.Name.Length == 0)
                faults.Add($"{key}.name: is empty.");
            if (options.Channels.Take(index).Any(other => other.Name == channel.Name))
                faults.Add($"{key}.name: '{channel.Name}' is taken by an earlier channel.");
            ConnectionFaults.Topic($"{key}.topic", channel.Topic, oneLevel: false, faults);
            if (channel.Path is { } path && JsonPath.FaultOf(path) is { } fault)
                faults.Add($"{key}.path: {fault}");
        }
        if (!(options.Rate > 0 && options.Rate <= 1e6))
            faults.Add($"rate: {options.Rate} is out of range; use more than 0 Hz.");
        ConnectionFaults.Range("valueTimeoutSeconds", options.ValueTimeoutSeconds, 0.001, 86400 * 30.0, faults);
        ConnectionFaults.Range("qos", options.Qos, 0, 2, faults);
        return faults;
    }
}
