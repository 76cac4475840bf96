using System.Text.Json;
using Latch.Agent.Configuration;
using Latch.Agent.Loop;
using Latch.Agent.Models;
using Latch.Mqtt;
using Latch.Sensors;
using Latch.Sensors.Outputs;

namespace Latch.Agent.Service;

/// <summary>What follows from a configuration and a model, before anything runs.</summary>
internal static class AgentSetup
{
    private const string Mqtt = "mqtt";

    /// <summary>What is wrong with the model, with the channels that the configuration names, and with the name that MQTT is given; nothing when it names no model.</summary>
    public static IReadOnlyList<string> ModelFaults(AgentConfiguration configuration)
    {
        if (configuration.Model.Length == 0)
            return [];
        try
        {
            LoadedModel loaded = ModelLoader.Load(configuration, runningVersion: null);
            double rate = NominalRate(configuration, loaded);
            _ = new FaultWatch(loaded.Model, configuration.Faults, rate, 0, new FaultCounts(), static (_, _, _) => { });
            return configuration.Telemetry.Mqtt is null ? [] : [.. OffBoard.Describe(configuration, loaded, rate).Faults().Select(static fault => $"telemetry.mqtt: {fault}")];
        }
        catch (AgentException exception)
        {
            return [exception.Message];
        }
    }

    /// <summary>What is wrong with the definitions of source and outputs.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="lookForFiles">Whether files that they name must be on this machine.</param>
    public static IEnumerable<string> DefinitionFaults(AgentConfiguration configuration, bool lookForFiles) =>
    [
        .. SourceFaults(configuration, lookForFiles),
        .. configuration.Alarms.Outputs.SelectMany(static (definition, at) => OutputFactory.Check(definition, $"alarms.outputs[{at}]")),
    ];

    /// <summary>Steps per second: the configuration's, else the model's, else 1; 0 when the source sets the pace.</summary>
    public static double Rate(AgentConfiguration configuration, LoadedModel loaded) => configuration.Rate ?? ModelRate(loaded);

    /// <summary>As <see cref="Rate"/>; where the source sets the pace, the model's.</summary>
    public static double NominalRate(AgentConfiguration configuration, LoadedModel loaded) => configuration.Rate is > 0 and double rate ? rate : ModelRate(loaded);

    /// <summary>Whether the source is read when the loop asks. One that waits for its device sets the pace.</summary>
    public static bool IsOnDemand(AgentConfiguration configuration) =>
        KindOf(configuration.Source) == Mqtt || !SourceFactory.Waits(configuration.Source, Context(configuration, 1, default));

    /// <summary>Opens the source.</summary>
    /// <param name="configuration">Its definition.</param>
    /// <param name="rate">Samples per second.</param>
    /// <param name="cancellation">Ends a read that waits.</param>
    /// <param name="tell">Told what a source that connects in the background fails at.</param>
    public static ISensorSource OpenSource(AgentConfiguration configuration, double rate, CancellationToken cancellation, Action<string> tell) =>
        KindOf(configuration.Source) == Mqtt
            ? new MqttSource(MqttSource(configuration, rate, new ConfigurationFaults()), failed: tell)
            : SourceFactory.Open(configuration.Source, Context(configuration, rate, cancellation));

    private static IReadOnlyList<string> SourceFaults(AgentConfiguration configuration, bool lookForFiles)
    {
        if (configuration.Source.ValueKind != JsonValueKind.Object)
            return [];
        if (KindOf(configuration.Source) != Mqtt)
            return SourceFactory.Check(configuration.Source, Context(configuration, 1, default) with { LookForFiles = lookForFiles });
        ConfigurationFaults faults = new() { LookForFiles = lookForFiles };
        MqttSource(configuration, 1, faults);
        return faults.All;
    }

    private static MqttSourceOptions MqttSource(AgentConfiguration configuration, double rate, ConfigurationFaults faults) =>
        OffBoardReader.Source(new Section(configuration.Source, "source", faults, []), configuration.Folder, rate);

    private static string? KindOf(JsonElement source) =>
        source.ValueKind == JsonValueKind.Object && source.TryGetProperty("kind", out JsonElement kind) && kind.ValueKind == JsonValueKind.String ? kind.GetString() : null;

    private static double ModelRate(LoadedModel loaded) => loaded.Model.Definition.SampleRateHz is > 0 and double rate ? rate : 1;

    private static SourceContext Context(AgentConfiguration configuration, double rate, CancellationToken cancellation) =>
        new() { SampleRate = rate, Folder = configuration.Folder, Cancellation = cancellation };
}
