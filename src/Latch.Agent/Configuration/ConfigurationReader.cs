using System.Text.Json;
using Latch.Agent.Service;

namespace Latch.Agent.Configuration;

/// <summary>Reads agent.json. Comments and trailing commas are allowed; unknown properties are not.</summary>
internal static class ConfigurationReader
{
    private static readonly JsonDocumentOptions s_options = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
    };

    /// <summary>Reads a file.</summary>
    /// <exception cref="ConfigurationException">The file cannot be read, or something in it is wrong: all faults at once.</exception>
    public static AgentConfiguration Read(string path)
    {
        (AgentConfiguration configuration, IReadOnlyList<string> faults) = ReadWithFaults(path);
        return faults.Count == 0 ? configuration : throw new ConfigurationException(faults);
    }

    /// <summary>Reads a file, and what is right in it even where something is wrong.</summary>
    /// <exception cref="ConfigurationException">The file cannot be read.</exception>
    public static (AgentConfiguration Configuration, IReadOnlyList<string> Faults) ReadWithFaults(string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException([$"{path}: cannot be read. {exception.Message}"]);
        }

        return ReadWithFaults(text, path, new ConfigurationFaults());
    }

    /// <summary>Reads a text, and what is right in it even where something is wrong.</summary>
    /// <param name="text">The JSON.</param>
    /// <param name="path">Its file, for messages and for the paths in it.</param>
    /// <param name="faults">Receives what is wrong.</param>
    public static (AgentConfiguration Configuration, IReadOnlyList<string> Faults) ReadWithFaults(string text, string path, ConfigurationFaults faults)
    {
        AgentConfiguration configuration = Parse(text, Path.GetDirectoryName(Path.GetFullPath(path))!, faults, []);
        faults.AddAll(AgentSetup.DefinitionFaults(configuration, faults.LookForFiles));
        return (configuration, [.. faults.All.Select(fault => $"{path}: {fault}")]);
    }

    /// <summary>Reads a text.</summary>
    /// <param name="text">The JSON.</param>
    /// <param name="folder">Folder that paths are relative to.</param>
    /// <param name="faults">Receives what is wrong.</param>
    /// <param name="known">Receives the properties known.</param>
    public static AgentConfiguration Parse(string text, string folder, ConfigurationFaults faults, List<KnownProperty> known)
    {
        JsonElement root = default;
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, s_options);
            root = document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            faults.Add("the file", $"is not JSON. {exception.Message}");
        }

        Section section = new(root, "", faults, known);
        section.Text("$schema");
        AgentConfiguration configuration = new()
        {
            Folder = folder,
            Device = section.Text("device") ?? Environment.MachineName,
            Model = FullPath(Required(section, "model"), folder) ?? "",
            Trust = Trust(section.Child("trust"), folder),
            Source = Source(section),
            Rate = section.OptionalNumber("rate", 0, 100_000),
            Faults = Faults(section.Child("faults")),
            Alarms = Alarms(section.Child("alarms"), folder),
            Telemetry = Telemetry(section.Child("telemetry"), folder),
            State = State(section.Child("state"), folder),
            Status = FullPath(section.Text("status"), folder),
            Live = FullPath(section.Text("live"), folder),
        };
        section.End();
        return configuration;
    }

    /// <summary>A path of the configuration in full; null where none is given.</summary>
    public static string? FullPath(string? path, string folder) => path is null ? null : Path.GetFullPath(path, folder);

    private static string? Required(Section section, string name)
    {
        string? text = section.Text(name);
        if (text is null && section.IsPresent)
            section.Fault(name, "must be given.");
        return text;
    }

    private static JsonElement Source(Section section)
    {
        JsonElement source = section.Raw("source", "object");
        if (source.ValueKind == JsonValueKind.Undefined && section.IsPresent)
            section.Fault("source", "must be given: an object with a kind.");
        return source;
    }

    private static TrustOptions Trust(Section section, string folder)
    {
        TrustOptions trust = new(
            [.. section.Texts("keys").Select(path => Path.GetFullPath(path, folder))], section.Flag("allowUnsigned", false), section.Flag("allowOlder", false));
        section.End();
        return trust;
    }

    private static FaultOptions Faults(Section section)
    {
        FaultOptions faults = new()
        {
            Timeout = section.Choice("timeout", FaultPolicy.Hold),
            Missing = section.Choice("missing", FaultPolicy.Hold),
            Stuck = section.Choice("stuck", FaultPolicy.Hold),
            OutOfRange = section.Choice("outOfRange", FaultPolicy.Hold),
            DeviceGone = section.Choice("deviceGone", FaultPolicy.Hold),
            TimeoutSeconds = section.OptionalNumber("timeoutSeconds", 0.001, 86400),
            StuckSeconds = section.Number("stuckSeconds", 60, 0, 86400),
            StuckChannels = section.Texts("stuckChannels"),
            RangeFactor = section.Number("rangeFactor", 10, 0, 1e6),
            Ranges = Ranges(section.Child("ranges")),
            ResetAfter = section.Integer("resetAfter", 60, 1, 1_000_000),
            RetrySeconds = section.Number("retrySeconds", 1, 0.01, 3600),
        };
        section.End();
        return faults;
    }

    private static Dictionary<string, ReadingRange> Ranges(Section section)
    {
        Dictionary<string, ReadingRange> ranges = new(StringComparer.Ordinal);
        foreach ((string channel, Section range) in section.Entries())
        {
            double least = range.OptionalNumber("min", double.MinValue, double.MaxValue) ?? double.NegativeInfinity;
            double greatest = range.OptionalNumber("max", double.MinValue, double.MaxValue) ?? double.PositiveInfinity;
            if (least >= greatest)
                range.Fault("min", "must be below max.");
            range.End();
            ranges[channel] = new ReadingRange(least, greatest);
        }

        return ranges;
    }

    private static AlarmOptions Alarms(Section section, string folder)
    {
        AlarmOptions alarms = new()
        {
            AlarmsPerHour = section.Number("alarmsPerHour", 1, 1e-6, 3600),
            Profile = FullPath(section.Text("profile"), folder),
            WarningShare = section.Number("warningShare", 0.8, 0, 1),
            StormPerHour = section.Integer("stormPerHour", 30, 1, 1_000_000),
            StormShare = section.Number("stormShare", 0.5, 0, 1),
            Outputs = Outputs(section),
        };
        section.End();
        return alarms;
    }

    private static List<JsonElement> Outputs(Section section)
    {
        JsonElement list = section.Raw("outputs", "array");
        List<JsonElement> outputs = list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : [];
        for (int at = 0; at < outputs.Count; at++)
            if (outputs[at].ValueKind != JsonValueKind.Object)
                section.Fault($"outputs[{at}]", "must be an object with a kind.");
        return outputs;
    }

    private static TelemetryOptions Telemetry(Section section, string folder)
    {
        Section recording = section.Child("recording");
        string? file = recording.IsPresent ? FullPath(Required(recording, "folder"), folder) : recording.Text("folder");
        (int limit, int segment) = (recording.Integer("limitMiB", 256, 2, 1_000_000), recording.Integer("segmentMiB", 8, 1, 1024));
        if (segment * 2 > limit)
            recording.Fault("limitMiB", $"must hold two segments, {2 * segment} or more.");
        recording.End();
        TelemetryOptions telemetry = new()
        {
            Every = section.Integer("every", 1, 1, 1_000_000),
            Recording = file is null ? null : new RecordingFolder(file, limit, segment),
            Mqtt = OffBoardReader.Publisher(section.Child("mqtt"), folder),
            Metrics = OffBoardReader.Metrics(section.Child("otlp"), section.Child("prometheus"), folder),
        };
        section.End();
        return telemetry;
    }

    private static StateOptions? State(Section section, string folder)
    {
        string? file = section.IsPresent ? FullPath(Required(section, "file"), folder) : section.Text("file");
        (double every, double age) = (section.Number("everySeconds", 60, 0.1, 86400), section.Number("maxAgeSeconds", 600, 0, 31_536_000));
        section.End();
        return file is null ? null : new StateOptions(file, every, age);
    }
}
