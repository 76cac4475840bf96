namespace Latch.Sensors;

/// <summary>What a source's definition does not say itself.</summary>
public sealed class SourceContext
{
    /// <summary>The rate at which the source will be read, in Hz; above zero.</summary>
    public required double SampleRate { get; init; }

    /// <summary>Where the definition stands in the configuration; messages begin with it.</summary>
    public string Path { get; init; } = "source";

    /// <summary>The folder against which file names in the definition are resolved.</summary>
    public string Folder { get; init; } = "";

    /// <summary>Standard input of the process when null.</summary>
    public Stream? Input { get; init; }

    /// <summary>How devices are opened.</summary>
    public DeviceAccess Devices { get; init; } = new();

    /// <summary>Ends a read that waits for a device; the series is then at its end.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Monotonic clock and time of day.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
