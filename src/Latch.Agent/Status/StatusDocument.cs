using System.Text.Json;
using System.Text.Json.Serialization;

namespace Latch.Agent.Status;

/// <summary>The status file. Times are in microseconds, memory in MiB.</summary>
internal sealed record StatusDocument
{
    /// <summary>running, fault (a sensor fault is present), failed (the agent did not start), stopped, ended (the series did).</summary>
    public required string State { get; init; }

    /// <summary>Why the agent did not start, or the last fault's remark; null without.</summary>
    public string? Reason { get; init; }

    public required int Pid { get; init; }

    public required string Version { get; init; }

    /// <summary>Number of the slot the program lies in; null outside of a slot.</summary>
    public string? Slot { get; init; }

    public required DateTimeOffset Started { get; init; }

    /// <summary>When this was written.</summary>
    public required DateTimeOffset Time { get; init; }

    public required double UptimeSeconds { get; init; }

    public ModelStatus? Model { get; init; }

    /// <summary>Steps per second; 0 when the source sets the pace.</summary>
    public double Rate { get; init; }

    public long Steps { get; init; }

    /// <summary>Points of the grid that a fault's policy left out.</summary>
    public long Skipped { get; init; }

    /// <summary>Times a fault's policy reset the session.</summary>
    public long Resets { get; init; }

    public double? FirstResultMilliseconds { get; init; }

    public TimeStatus? StepTime { get; init; }

    public TimeStatus? Jitter { get; init; }

    public long MissedDeadlines { get; init; }

    public FaultStatus? Faults { get; init; }

    public AlarmStatus? Alarm { get; init; }

    public long MissingReadings { get; init; }

    public double MemoryMiB { get; init; }

    public RecordingStatus? Recording { get; init; }

    public IReadOnlyList<QueueStatus> Telemetry { get; init; } = [];

    public MqttReport? Mqtt { get; init; }

    /// <summary>Null when no metrics are pushed.</summary>
    public OtlpReport? Otlp { get; init; }

    public LiveStatus? Live { get; init; }

    /// <summary>How the last reload went; null before the first.</summary>
    public string? Reload { get; init; }
}

internal sealed record ModelStatus(
    string Name, int Version, string Fingerprint, string? SignedBy, string Kernel, string Golden, int GoldenSteps, int? LimitStepMicroseconds, int? LimitMemoryMiB);

internal sealed record TimeStatus(double P50, double P99, double Max);

/// <param name="Present">The worst fault at present; null without.</param>
internal sealed record FaultStatus(string? Present, FaultCount DeviceGone, FaultCount Timeout, FaultCount Missing, FaultCount OutOfRange, FaultCount Stuck);

/// <param name="Times">Times it began.</param>
/// <param name="Steps">Points of the grid it was there.</param>
internal sealed record FaultCount(long Times, long Steps);

/// <param name="Level">normal, warning, alarm or fault: what the outputs show.</param>
/// <param name="Score">Null when nothing is scored.</param>
/// <param name="Share">Share of the scored steps in alarm.</param>
internal sealed record AlarmStatus(
    string Level, double? Score, double? Threshold, bool Active, long Count, int InLastHour, long ScoredSteps, double Share, int StormPerHour, double StormShare);

internal sealed record RecordingStatus(long Written, long Dropped, long Failures, string? LastError, long DiskBytes);

internal sealed record QueueStatus(string Name, long Offered, long Dropped, long Failures, string? LastError);

internal sealed record MqttReport(bool Connected, long Published, long Queued, long Dropped, string? LastError);

internal sealed record OtlpReport(long Pushed, long Failed, string? LastError);

internal sealed record LiveStatus(int Clients, long Dropped);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n", DefaultIgnoreCondition = JsonIgnoreCondition.Never, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(StatusDocument))]
internal sealed partial class StatusJson : JsonSerializerContext;

/// <summary>Reads and writes the status file.</summary>
internal static class StatusFile
{
    /// <summary>Writes beside and renames: a reader sees the old status or the new one.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Write(string path, StatusDocument status)
    {
        string beside = path + ".new";
        File.WriteAllBytes(beside, [.. JsonSerializer.SerializeToUtf8Bytes(status, StatusJson.Default.StatusDocument), (byte)'\n']);
        File.Move(beside, path, overwrite: true);
    }

    /// <summary>Reads the file.</summary>
    /// <exception cref="AgentException">It is not there, or is no status.</exception>
    public static StatusDocument Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), StatusJson.Default.StatusDocument) ?? throw new JsonException("it holds nothing.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new AgentException($"{path}: there is no status to read: {exception.Message} Is the agent running?", exception);
        }
    }
}
