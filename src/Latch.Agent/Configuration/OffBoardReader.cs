using Latch.Metrics;
using Latch.Mqtt;

namespace Latch.Agent.Configuration;

/// <summary>Reads where telemetry goes off the board, and the source that comes from there.</summary>
internal static class OffBoardReader
{
    /// <summary>The MQTT publisher; null where it is absent.</summary>
    public static MqttPublisherOptions? Publisher(Section section, string folder)
    {
        MqttPublisherOptions defaults = new();
        Section queue = section.Child("queue"), sparkplug = section.Child("sparkplug"), assistant = section.Child("homeAssistant");
        MqttPublisherOptions options = Connection(section, folder, defaults) with
        {
            TopicPrefix = section.Text("topicPrefix") ?? defaults.TopicPrefix,
            Qos = section.Integer("qos", defaults.Qos, 0, 2),
            EverySteps = section.Integer("everySteps", defaults.EverySteps, 0, 1_000_000_000),
            EverySeconds = section.Number("everySeconds", defaults.EverySeconds, 0, 86400),
            Json = section.Flag("json", defaults.Json),
            Gates = section.Flag("gates", defaults.Gates),
            Queue = new MqttQueueOptions
            {
                Memory = queue.Integer("memory", defaults.Queue.Memory, 16, 1_000_000),
                Folder = ConfigurationReader.FullPath(queue.Text("folder"), folder),
                LimitMiB = queue.Integer("limitMiB", defaults.Queue.LimitMiB, 1, 1_000_000),
                SyncSeconds = queue.Number("syncSeconds", defaults.Queue.SyncSeconds, 0.1, 3600),
            },
        };
        queue.End();
        SparkplugOptions plug = new() { Group = sparkplug.Text("group") ?? "latch", Node = sparkplug.Text("node") };
        sparkplug.End();
        HomeAssistantOptions home = new() { Prefix = assistant.Text("prefix") ?? "homeassistant", Discovery = assistant.Choice("discovery", HomeAssistantDiscovery.Device) };
        assistant.End();
        section.End();
        if (!section.IsPresent)
            return null;
        options = options with { Sparkplug = sparkplug.IsPresent ? plug : null, HomeAssistant = assistant.IsPresent ? home : null };
        section.Faults(options.Faults(section.LookForFiles));
        return options;
    }

    /// <summary>What goes to a collector and to Prometheus; null for neither.</summary>
    public static MetricsOptions? Metrics(Section otlp, Section prometheus, string folder)
    {
        (OtlpOptions push, PrometheusOptions scrape) = (new(), new());
        push = new OtlpOptions
        {
            Endpoint = otlp.Text("endpoint") ?? push.Endpoint,
            IntervalSeconds = otlp.Number("intervalSeconds", push.IntervalSeconds, 0.1, 86400),
            TimeoutSeconds = otlp.Number("timeoutSeconds", push.TimeoutSeconds, 0.1, 3600),
            HeadersFile = ConfigurationReader.FullPath(otlp.Text("headersFile"), folder),
            CaFile = ConfigurationReader.FullPath(otlp.Text("caFile"), folder),
        };
        otlp.End();
        scrape = new PrometheusOptions { Address = prometheus.Text("address") ?? scrape.Address, Port = prometheus.Integer("port", scrape.Port, 0, 65535) };
        prometheus.End();
        if (!otlp.IsPresent && !prometheus.IsPresent)
            return null;
        MetricsOptions options = new() { Otlp = otlp.IsPresent ? push : null, Prometheus = prometheus.IsPresent ? scrape : null };
        (otlp.IsPresent ? otlp : prometheus).ParentFaults(options.Faults(otlp.LookForFiles));
        return options;
    }

    /// <summary>The MQTT source.</summary>
    /// <param name="section">The source's definition.</param>
    /// <param name="folder">Folder that paths are relative to.</param>
    /// <param name="rate">Samples per second.</param>
    public static MqttSourceOptions Source(Section section, string folder, double rate)
    {
        section.Text("kind");
        MqttSourceOptions defaults = new();
        List<MqttChannel> channels = [];
        foreach (Section channel in section.Items("channels"))
        {
            channels.Add(new MqttChannel { Name = channel.Text("name") ?? "", Unit = channel.Text("unit") ?? "", Topic = channel.Text("topic") ?? "", Path = channel.Text("path") });
            channel.End();
        }

        MqttSourceOptions options = Connection(section, folder, defaults) with
        {
            Channels = channels,
            Rate = rate,
            ValueTimeoutSeconds = section.Number("valueTimeoutSeconds", defaults.ValueTimeoutSeconds, 0.001, 2_592_000),
            Qos = section.Integer("qos", defaults.Qos, 0, 2),
        };
        section.End();
        section.Faults(options.Faults(section.LookForFiles));
        return options;
    }

    private static T Connection<T>(Section section, string folder, T defaults)
        where T : MqttConnectionOptions
    {
        Section tls = section.Child("tls");
        int port = section.Integer("port", 0, 0, 65535);
        T options = defaults with
        {
            Host = section.Text("host") ?? "",
            Port = port == 0 ? null : port,
            User = section.Text("user"),
            PasswordFile = ConfigurationReader.FullPath(section.Text("passwordFile"), folder),
            ClientId = section.Text("clientId"),
            KeepAliveSeconds = section.Integer("keepAliveSeconds", defaults.KeepAliveSeconds, 1, 65535),
            TimeoutSeconds = section.Integer("timeoutSeconds", defaults.TimeoutSeconds, 1, 600),
            RetryLimitSeconds = section.Integer("retryLimitSeconds", defaults.RetryLimitSeconds, 1, 86400),
            Tls = new MqttTls
            {
                Enabled = tls.Flag("enabled", defaults.Tls.Enabled),
                CaFile = ConfigurationReader.FullPath(tls.Text("caFile"), folder),
                CertificateFile = ConfigurationReader.FullPath(tls.Text("certificateFile"), folder),
                KeyFile = ConfigurationReader.FullPath(tls.Text("keyFile"), folder),
                ServerName = tls.Text("serverName"),
            },
        };
        tls.End();
        return options;
    }
}
