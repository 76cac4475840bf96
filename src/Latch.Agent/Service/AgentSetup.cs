using System.Text.Json;
using Latch.Agent.Configuration;
using Latch.Agent.Loop;
using Latch.Agent.Models;
using Latch.Sensors;
using Latch.Sensors.Outputs;

namespace Latch.Agent.Service;

/// <summary>What follows from a configuration and a model, before anything runs.</summary>
internal static class AgentSetup
{
    // Sources that wait for their device: the device sets the pace. All others answer at once and are read when the loop asks.
    private static readonly string[] s_pushing = ["stdin", "mqtt"];

    /// <summary>Everything that is wrong with a configuration that was read, the model and its channels included.</summary>
    public static IReadOnlyList<string> Faults(AgentConfiguration configuration)
    {
        List<string> faults = [.. DefinitionFaults(configuration)];
        try
        {
            LoadedModel loaded = ModelLoader.Load(configuration, installedVersion: null);
            _ = new FaultWatch(loaded.Model, configuration.Faults, NominalRate(configuration, loaded), 0, new FaultCounts(), static (_, _, _) => { });
        }
        catch (AgentException exception)
        {
            faults.Add(exception.Message);
        }

        return faults;
    }

    /// <summary>What is wrong with the definitions of source and outputs.</summary>
    public static IEnumerable<string> DefinitionFaults(AgentConfiguration configuration) =>
    [
        .. SourceFactory.Check(configuration.Source, Context(configuration, 1, default)),
        .. configuration.Alarms.Outputs.SelectMany(static (definition, at) => OutputFactory.Check(definition, $"alarms.outputs[{at}]")),
    ];

    /// <summary>Steps per second: the configuration's, else the model's, else 1; 0 when the source sets the pace.</summary>
    public static double Rate(AgentConfiguration configuration, LoadedModel loaded) => configuration.Rate ?? ModelRate(loaded);

    /// <summary>As <see cref="Rate"/>; where the source sets the pace, the model's.</summary>
    public static double NominalRate(AgentConfiguration configuration, LoadedModel loaded) => configuration.Rate is > 0 and double rate ? rate : ModelRate(loaded);

    /// <summary>Whether the source is read when the loop asks.</summary>
    public static bool IsOnDemand(AgentConfiguration configuration)
    {
        string? kind = configuration.Source.TryGetProperty("kind", out JsonElement value) ? value.GetString() : null;
        return !s_pushing.Contains(kind) && !(kind == "iio" && configuration.Source.TryGetProperty("buffer", out _));
    }

    /// <summary>Opens the source.</summary>
    public static ISensorSource OpenSource(AgentConfiguration configuration, double rate, CancellationToken cancellation) =>
        SourceFactory.Open(configuration.Source, Context(configuration, rate, cancellation));

    private static double ModelRate(LoadedModel loaded) => loaded.Model.Definition.SampleRateHz is > 0 and double rate ? rate : 1;

    private static SourceContext Context(AgentConfiguration configuration, double rate, CancellationToken cancellation) =>
        new() { SampleRate = rate, Folder = configuration.Folder, Cancellation = cancellation };
}
