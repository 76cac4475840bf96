namespace Latch.Mqtt.Tests;

/// <summary>Every rule of the options has its fault, and all faults come at once.</summary>
public sealed class OptionsTests
{
    private static readonly MqttPublisherOptions s_right = new() { Host = "localhost" };

    public static TheoryData<string, MqttPublisherOptions> Wrong => new()
    {
        { "host:", new MqttPublisherOptions() },
        { "port:", s_right with { Port = 70000 } },
        { "clientId:", s_right with { ClientId = "" } },
        { "keepAliveSeconds:", s_right with { KeepAliveSeconds = 0 } },
        { "timeoutSeconds:", s_right with { TimeoutSeconds = 0 } },
        { "retryLimitSeconds:", s_right with { RetryLimitSeconds = 0 } },
        { "user:", s_right with { PasswordFile = "/dev/null" } },
        { "passwordFile:", s_right with { User = "u", PasswordFile = "/nowhere" } },
        { "tls.caFile:", s_right with { Tls = new MqttTls { CaFile = "/nowhere" } } },
        { "tls.keyFile:", s_right with { Tls = new MqttTls { CertificateFile = "/dev/null", KeyFile = "/nowhere" } } },
        { "tls:", s_right with { Tls = new MqttTls { CertificateFile = "/dev/null" } } },
        { "tls.enabled:", s_right with { Tls = new MqttTls { Enabled = false, CaFile = "/dev/null" } } },
        { "tls.enabled:", new MqttPublisherOptions { Host = "broker.example", User = "u", PasswordFile = "/dev/null", Tls = new MqttTls { Enabled = false } } },
        { "topicPrefix:", s_right with { TopicPrefix = "a/#" } },
        { "qos:", s_right with { Qos = 3 } },
        { "everySteps:", s_right with { EverySteps = -1 } },
        { "everySeconds:", s_right with { EverySeconds = double.NaN } },
        { "everySeconds:", s_right with { EverySeconds = 0 } },
        { "json:", s_right with { Json = false } },
        { "json:", s_right with { Json = false, Sparkplug = new SparkplugOptions(), Gates = true } },
        { "sparkplug.group:", s_right with { Sparkplug = new SparkplugOptions { Group = "a/b" } } },
        { "sparkplug.node:", s_right with { Sparkplug = new SparkplugOptions { Node = "+" } } },
        { "homeAssistant.prefix:", s_right with { HomeAssistant = new HomeAssistantOptions { Prefix = "/a" } } },
        { "queue.memory:", s_right with { Queue = new MqttQueueOptions { Memory = 1 } } },
        { "queue.limitMiB:", s_right with { Queue = new MqttQueueOptions { LimitMiB = 0 } } },
        { "queue.syncSeconds:", s_right with { Queue = new MqttQueueOptions { SyncSeconds = 0 } } },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Faults_OneRuleBroken_NamesItsKey(string key, MqttPublisherOptions options)
    {
        string fault = Assert.Single(options.Faults());
        Assert.StartsWith(key + " ", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_NothingWrong_None() => Assert.Empty(s_right.Faults());

    [Fact]
    public void Constructor_SeveralFaults_SaysAll()
    {
        MqttOptionsException exception = Assert.Throws<MqttOptionsException>(() => new MqttPublisher(new MqttPublisherOptions { Qos = 9 }, Device.Pump with { Name = "a/b", Channels = [] }));
        Assert.Equal(4, exception.Faults.Count);
        Assert.All(exception.Faults, fault => Assert.Contains(fault, exception.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Faults_Source_NamesTheChannel()
    {
        MqttSourceOptions options = new()
        {
            Host = "localhost",
            Channels = [new MqttChannel { Name = "a", Topic = "t" }, new MqttChannel { Name = "a", Topic = "+" }, new MqttChannel { Topic = "t", Path = "a..b" }],
            Rate = 0,
            ValueTimeoutSeconds = 0,
            Qos = -1,
        };
        Assert.Equal(["channels[1].name", "channels[1].topic", "channels[2].name", "channels[2].path", "rate", "valueTimeoutSeconds", "qos"], options.Faults().Select(static fault => fault[..fault.IndexOf(':', StringComparison.Ordinal)]));
        Assert.StartsWith("channels:", Assert.Single(new MqttSourceOptions { Host = "h" }.Faults()), StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_QueueInUse_SaysSo()
    {
        string folder = Directory.CreateTempSubdirectory("latch-queue-").FullName;
        MqttPublisherOptions options = new() { Host = "127.0.0.1", Port = Broker.FreePort(), Tls = new MqttTls { Enabled = false }, Queue = new MqttQueueOptions { Folder = folder } };
        using (MqttPublisher publisher = new(options, Device.Pump))
        {
            MqttOptionsException exception = Assert.Throws<MqttOptionsException>(() => new MqttPublisher(options, Device.Pump));
            Assert.Contains("queue.folder: '" + folder, exception.Message, StringComparison.Ordinal);
        }
        Directory.Delete(folder, recursive: true);
    }
}
