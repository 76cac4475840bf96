using System.Text.Json;
using Latch.Metrics;
using Latch.Mqtt;

namespace Latch.Agent.Configuration;

/// <summary>What a step does while a sensor is at fault.</summary>
internal enum FaultPolicy
{
    /// <summary>Steps on; what is missing holds its last value.</summary>
    Hold,

    /// <summary>Takes no step.</summary>
    Skip,

    /// <summary>Holds for some steps, then forgets the session's state and waits for the end of the fault.</summary>
    Reset,
}

/// <summary>The agent's configuration, checked. Paths are full.</summary>
internal sealed record AgentConfiguration
{
    /// <summary>The folder that paths in the file are relative to.</summary>
    public required string Folder { get; init; }

    /// <summary>Name of the device in messages and metrics.</summary>
    public required string Device { get; init; }

    /// <summary>Folder of a bundle, or a .latch file.</summary>
    public required string Model { get; init; }

    public required TrustOptions Trust { get; init; }

    /// <summary>Definition of the source, read by its factory.</summary>
    public required JsonElement Source { get; init; }

    /// <summary>Steps per second; 0 for as fast as the source yields; null for the model's sample rate.</summary>
    public double? Rate { get; init; }

    public required FaultOptions Faults { get; init; }

    public required AlarmOptions Alarms { get; init; }

    public required TelemetryOptions Telemetry { get; init; }

    /// <summary>Null: the state is not kept over a restart.</summary>
    public StateOptions? State { get; init; }

    /// <summary>Status file; null for none.</summary>
    public string? Status { get; init; }

    /// <summary>Socket of the live stream; null for none.</summary>
    public string? Live { get; init; }
}

/// <summary>Which models are taken.</summary>
/// <param name="Keys">Files or folders of public keys.</param>
/// <param name="AllowUnsigned">Takes models without a signature.</param>
/// <param name="AllowOlder">Takes a model older than the one installed.</param>
internal sealed record TrustOptions(IReadOnlyList<string> Keys, bool AllowUnsigned, bool AllowOlder);

/// <summary>Allowed readings of a channel.</summary>
internal readonly record struct ReadingRange(double Least, double Greatest);

/// <summary>How sensor faults are told, and what is done about them.</summary>
internal sealed record FaultOptions
{
    public required FaultPolicy Timeout { get; init; }

    public required FaultPolicy Missing { get; init; }

    public required FaultPolicy Stuck { get; init; }

    public required FaultPolicy OutOfRange { get; init; }

    public required FaultPolicy DeviceGone { get; init; }

    /// <summary>Seconds without a new sample; null: three periods, 1 s at least.</summary>
    public double? TimeoutSeconds { get; init; }

    /// <summary>Seconds a reading may stay the same; 0 turns it off.</summary>
    public required double StuckSeconds { get; init; }

    /// <summary>Channels watched one by one; none: the whole sample must be the same.</summary>
    public required IReadOnlyList<string> StuckChannels { get; init; }

    /// <summary>A reading this many times beyond the calibrated range is out of range; 0 turns it off.</summary>
    public required double RangeFactor { get; init; }

    /// <summary>Allowed readings by channel, instead of the factor.</summary>
    public required IReadOnlyDictionary<string, ReadingRange> Ranges { get; init; }

    /// <summary>Steps in fault before a reset.</summary>
    public required int ResetAfter { get; init; }

    /// <summary>Seconds between two attempts to open a device again.</summary>
    public required double RetrySeconds { get; init; }
}

/// <summary>When alarms come, where they go, and how many are too many.</summary>
internal sealed record AlarmOptions
{
    /// <summary>Alarms to allow an hour on ordinary data; sets the threshold.</summary>
    public required double AlarmsPerHour { get; init; }

    /// <summary>The profile; null: that of the bundle, or none.</summary>
    public string? Profile { get; init; }

    /// <summary>Share of the threshold at which the level is warning.</summary>
    public required double WarningShare { get; init; }

    /// <summary>More alarms than this in an hour are a storm.</summary>
    public required int StormPerHour { get; init; }

    /// <summary>A larger share of the steps in alarm is a storm.</summary>
    public required double StormShare { get; init; }

    /// <summary>Definitions of outputs, read by their factory.</summary>
    public required IReadOnlyList<JsonElement> Outputs { get; init; }
}

/// <summary>What is told of the gates, and to whom.</summary>
internal sealed record TelemetryOptions
{
    /// <summary>Steps from one that is summed up to the next.</summary>
    public required int Every { get; init; }

    /// <summary>Null: nothing is recorded.</summary>
    public RecordingFolder? Recording { get; init; }

    /// <summary>Null: nothing is published.</summary>
    public MqttPublisherOptions? Mqtt { get; init; }

    /// <summary>Null: no metrics are exported.</summary>
    public MetricsOptions? Metrics { get; init; }
}

/// <summary>Where steps are recorded.</summary>
internal sealed record RecordingFolder(string Folder, int LimitMiB, int SegmentMiB);

/// <summary>Where the state is kept over a restart.</summary>
/// <param name="File">The file.</param>
/// <param name="EverySeconds">Seconds between two saves.</param>
/// <param name="MaxAgeSeconds">An older state is not taken; 0 takes any.</param>
internal sealed record StateOptions(string File, double EverySeconds, double MaxAgeSeconds);
