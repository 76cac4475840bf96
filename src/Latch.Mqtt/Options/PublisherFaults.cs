namespace Latch.Mqtt;

/// <summary>The rules of <see cref="MqttPublisherOptions"/> beyond those of the connection.</summary>
internal static class PublisherFaults
{
    public static List<string> Of(MqttPublisherOptions options)
    {
        List<string> faults = [];
        ConnectionFaults.Topic("topicPrefix", options.TopicPrefix, oneLevel: false, faults);
        ConnectionFaults.Range("qos", options.Qos, 0, 2, faults);
        ConnectionFaults.Range("everySteps", options.EverySteps, 0, int.MaxValue, faults);
        ConnectionFaults.Range("everySeconds", options.EverySeconds, 0, 86400, faults);
        if (options.EverySteps == 0 && options.EverySeconds == 0)
            faults.Add("everySeconds: both it and everySteps are 0, so no sample would be sent; set one of them.");
        if (!options.Json && options.Sparkplug is null)
            faults.Add("json: is false and there is no sparkplug, so nothing would be sent; switch one on.");
        if (!options.Json && (options.HomeAssistant is not null || options.Gates))
            faults.Add("json: is false, but homeAssistant and gates need the plain topics; switch it on.");
        if (options.Sparkplug is { } sparkplug)
        {
            ConnectionFaults.Topic("sparkplug.group", sparkplug.Group, oneLevel: true, faults);
            if (sparkplug.Node is { } node)
                ConnectionFaults.Topic("sparkplug.node", node, oneLevel: true, faults);
        }
        if (options.HomeAssistant is { } home)
            ConnectionFaults.Topic("homeAssistant.prefix", home.Prefix, oneLevel: false, faults);
        ConnectionFaults.Range("queue.memory", options.Queue.Memory, 16, 1 << 20, faults);
        ConnectionFaults.Range("queue.limitMiB", options.Queue.LimitMiB, 1, 1 << 20, faults);
        ConnectionFaults.Range("queue.syncSeconds", options.Queue.SyncSeconds, 0.1, 3600, faults);
        return faults;
    }

    public static List<string> Of(DeviceDescription device)
    {
        List<string> faults = [];
        if (device.Name.Length is 0 or > 64 || device.Name.Any(static c => !(char.IsAsciiLetterOrDigit(c) || c is '-' or '_')))
            faults.Add($"device: the name '{device.Name}' must have 1 to 64 letters, digits, '-' or '_'; it is a level of every topic.");
        if (device.Channels.Count == 0)
            faults.Add("device: has no channels.");
        if (device.Channels.Select(static channel => channel.Name).Distinct(StringComparer.Ordinal).Count() != device.Channels.Count)
            faults.Add("device: two channels have the same name.");
        if (!(device.Rate > 0))
            faults.Add($"device: the rate {device.Rate} Hz is not above 0.");
        return faults;
    }
}
