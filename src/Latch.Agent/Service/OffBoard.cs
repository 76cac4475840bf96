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

    /// <param name="configuration">Where to.</param>
    /// <param name="loaded">The model.</param>
    /// <param name="rate">Steps per second.</param>
    /// <param name="log">Told what fails.</param>
    public OffBoard(AgentConfiguration configuration, LoadedModel loaded, double rate, Log log)
    {
        TelemetryOptions telemetry = configuration.Telemetry;
        List<TelemetryQueue> queues = [];
        TelemetryQueueOptions options = new() { Every = telemetry.Every };
        try
        {
            if (telemetry.Mqtt is { } mqtt)
                Publisher = new MqttPublisher(mqtt, Describe(configuration, loaded, rate));
            if (Publisher is not null && telemetry.Mqtt!.Gates)
                queues.Add(new TelemetryQueue(loaded.Model, Publisher.Gates, options));
            if (telemetry.Metrics is { } metrics)
            {
                MetricsSink sink = new(loaded.Model);
                queues.Add(new TelemetryQueue(loaded.Model, sink, options));
                queues.ForEach(sink.Watch);
                _export = MetricsExport.Start(metrics, new MetricsResource { Instance = configuration.Device, Model = loaded.Name, ModelVersion = loaded.Version, Version = ProgramFacts.Version });
            }
        }
        catch (Exception exception) when (exception is MqttOptionsException or MetricsException)
        {
            log.Error($"telemetry: {exception.Message}");
        }

        Queues = [.. queues];
    }

    /// <summary>Null when nothing is published.</summary>
    public MqttPublisher? Publisher { get; }

    /// <summary>Sums of the gates on their way out.</summary>
    public TelemetryQueue[] Queues { get; }

    public void Dispose()
    {
        foreach (TelemetryQueue queue in Queues)
            queue.Dispose();
        _export?.Dispose();
        Publisher?.Dispose();
    }

    private static DeviceDescription Describe(AgentConfiguration configuration, LoadedModel loaded, double rate) => new()
    {
        Name = configuration.Device,
        Model = loaded.Name,
        ModelVersion = loaded.Version,
        Fingerprint = loaded.Fingerprint,
        AgentVersion = ProgramFacts.Version,
        Channels = [.. Enumerable.Range(0, loaded.Model.InputSize).Select(at =>
            at < loaded.Model.Channels.Count ? new SensorChannel(loaded.Model.Channels[at].Name, loaded.Model.Channels[at].Unit) : new SensorChannel($"input{at + 1}", ""))],
        Rate = rate,
    };
}
