namespace Latch.Mqtt;

/// <summary>Which topics are the channels of a source.</summary>
public sealed record MqttSourceOptions : MqttConnectionOptions
{
    /// <summary>The channels, in the order of the sample.</summary>
    public IReadOnlyList<MqttChannel> Channels { get; init; } = [];

    /// <summary>Rate in Hz at which the reader takes samples.</summary>
    public double Rate { get; init; } = 1;

    /// <summary>Seconds after which a value that was not sent again is missing (NaN).</summary>
    public double ValueTimeoutSeconds { get; init; } = 10;

    /// <summary>Quality of service of the subscriptions: 0, 1 or 2.</summary>
    public int Qos { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Faults(bool lookForFiles = true) => [.. ConnectionFaults.Of(this, lookForFiles), .. SourceFaults.Of(this)];
}

/// <summary>One channel of an <see cref="MqttSource"/>.</summary>
public sealed record MqttChannel
{
    /// <summary>Unique within the source.</summary>
    public string Name { get; init; } = "";

    /// <summary>The unit in plain text; empty when unknown.</summary>
    public string Unit { get; init; } = "";

    /// <summary>The topic, without wildcards.</summary>
    public string Topic { get; init; } = "";

    /// <summary>Where the number stands in a JSON payload, such as <c>sensor.readings[0].value</c>; null when the payload is the number itself. true and false are 1 and 0.</summary>
    public string? Path { get; init; }
}
