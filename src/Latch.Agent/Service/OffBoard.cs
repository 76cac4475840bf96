using Latch.Agent.Configuration;
using Latch.Agent.Models;
using Latch.Metrics;
using Latch.Mqtt;
using Latch.Sensors;
using Latch.Telemetry.Sinks;

namespace Latch.Agent.Service;

/// <summary>What leaves the board while one model runs: messages, metrics, sums of its gates. A part that cannot start is told in the log and left out.</summary>
internal sealed class OffBoard : IDisposable
{
    private readonly MetricsExport? _export;
    private readonly bool _pushes;

    /// <param name="configuration">Where to.</param>
    /// <param name="loaded">The model.</param>
    /// <param name="rate">Steps per second.</param>
    /// <param name="log">Told what fails.</param>
    public OffBoard(AgentConfiguration configuration, LoadedModel loaded, double rate, Log log)
    {
        _pushes = configuration.Telemetry.Metrics?.Otlp is not null;
        List<TelemetryQueue> queues = [];
        TelemetryQueueOptions options = new() { Every = configuration.Telemetry.Every };
        Publisher = Start(() => Publish(configuration, loaded, rate, options, queues), log);
        _export = Start(() => Export(configuration, loaded, options, queues), log);
        Queues = [.. queues];
    }

    /// <summary>Null when nothing is published.</summary>
    public MqttPublisher? Publisher { get; }

    /// <summary>What became of the metrics that were pushed; null when none are.</summary>
    public MetricsStatus? Otlp => _pushes ? _export?.Status : null;

    /// <summary>Sums of the gates on their way out.</summary>
    public TelemetryQueue[] Queues { get; }

    /// <summary>Sends what waits and ends, within a few seconds.</summary>
    public void Dispose()
    {
        foreach (TelemetryQueue queue in Queues)
            queue.Dispose();
        // What waits for the broker is lost or kept on disk; metrics carry totals, so that a last push is the lesser loss.
        Publisher?.Dispose();
        _export?.Dispose();
    }

    private static T? Start<T>(Func<T?> start, Log log)
        where T : class
    {
        try
        {
            return start();
        }
        catch (Exception exception) when (exception is MqttOptionsException or MetricsException)
        {
            log.Error($"telemetry: {exception.Message}");
            return null;
        }
    }

    private static MqttPublisher? Publish(AgentConfiguration configuration, LoadedModel loaded, double rate, TelemetryQueueOptions options, List<TelemetryQueue> queues)
    {
        if (configuration.Telemetry.Mqtt is not { } mqtt)
            return null;
        MqttPublisher publisher = new(mqtt, Describe(configuration, loaded, rate));
        if (mqtt.Gates)
            queues.Add(new TelemetryQueue(loaded.Model, publisher.Gates, options));
        return publisher;
    }

    private static MetricsExport? Export(AgentConfiguration configuration, LoadedModel loaded, TelemetryQueueOptions options, List<TelemetryQueue> queues)
    {
        if (configuration.Telemetry.Metrics is not { } metrics)
            return null;
        var export = MetricsExport.Start(metrics, new MetricsResource { Instance = configuration.Device, Model = loaded.Name, ModelVersion = loaded.Version, Target = ProgramFacts.Target, Version = ProgramFacts.Version });
        MetricsSink sink = new(loaded.Model);
        queues.Add(new TelemetryQueue(loaded.Model, sink, options));
        queues.ForEach(sink.Watch);
        return export;
    }

    /// <summary>Who publishes.</summary>
    public static DeviceDescription Describe(AgentConfiguration configuration, LoadedModel loaded, double rate) => new()
    {
        Name = configuration.Device,
        Model = loaded.Name,
        ModelVersion = loaded.Version,
        Fingerprint = loaded.Fingerprint,
        AgentVersion = ProgramFacts.Version,
        Target = ProgramFacts.Target,
        Channels = [.. Enumerable.Range(0, loaded.Model.InputSize).Select(at =>
            at < loaded.Model.Channels.Count ? new SensorChannel(loaded.Model.Channels[at].Name, loaded.Model.Channels[at].Unit) : new SensorChannel($"input{at + 1}", ""))],
        Rate = rate,
    };
}
