namespace Latch.Telemetry.Sinks;

/// <summary>What a step does when a queue has no room.</summary>
public enum WhenFull
{
    /// <summary>Goes on; what had no room is dropped and counted. For live sources.</summary>
    Drop,

    /// <summary>Waits for room, as long as the writer has not given up. For files, which can wait.</summary>
    Wait,
}
