namespace Latch.Telemetry.Sinks;

/// <summary>How a <see cref="TelemetryQueue"/> behaves.</summary>
public sealed record TelemetryQueueOptions
{
    /// <summary>Records that can wait; 64 bytes each. A step makes one per gate and state of every layer.</summary>
    public int Capacity { get; init; } = 4096;

    /// <summary>Every how many steps a step is summed up; 1 for each.</summary>
    public int Every { get; init; } = 1;

    /// <summary>What a step does when there is no room.</summary>
    public WhenFull WhenFull { get; init; } = WhenFull.Drop;

    /// <summary>How long a sink is left alone after it failed.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Failures in a row after which a sink is disabled.</summary>
    public int DisableAfter { get; init; } = 5;

    /// <summary>How long <see cref="TelemetryQueue.Dispose"/> waits for a sink that does not come back.</summary>
    public TimeSpan CloseLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The clock of <see cref="RetryAfter"/>.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
