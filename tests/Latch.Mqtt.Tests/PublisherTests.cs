using System.Text.Json;
using Latch.Sensors.Outputs;
using Latch.Telemetry.Sinks;

namespace Latch.Mqtt.Tests;

/// <summary>The plain topics at a real broker with passwords and TLS.</summary>
public sealed class PublisherTests
{
    [Fact]
    public void Report_Connected_SampleStateAndAlarmArrive()
    {
        using Broker broker = Broker.Open();
        using Watcher watcher = broker.Watch();
        using (MqttPublisher publisher = new(broker.Options(), Device.Pump))
        {
            watcher.Expect("latch/pump-7/status");
            publisher.Report(Device.Step(0));
            publisher.Report(Device.Step(1, AlarmLevel.Alarm));
            publisher.ReportAlarm(Device.Alarm(1));
            watcher.Expect("latch/pump-7/samples", 2);
            watcher.Expect("latch/pump-7/state", 2);
            Seen alarm = watcher.Expect("latch/pump-7/alarms")[0];
            Assert.Equal(1, alarm.Qos);
            Assert.Equal("alarm normal 7.5 6 temperature residual", string.Join(' ', new[] { "level", "previous", "score", "threshold", "channel", "reason" }.Select(key => alarm.Json.GetProperty(key).ToString())));
            Assert.Equal((true, null), (publisher.Status.Connected, publisher.Status.LastError));
            Assert.Equal(0, publisher.Status.Dropped);
        }
        JsonElement sample = watcher.Of("latch/pump-7/samples")[1].Json;
        Assert.Equal(Device.Start.AddSeconds(1), sample.GetProperty("time").GetDateTimeOffset());
        Assert.Equal(1, sample.GetProperty("step").GetInt64());
        Assert.Equal("alarm", sample.GetProperty("level").GetString());
        Assert.Equal(21.5, sample.GetProperty("values").GetProperty("temperature").GetDouble());
        Assert.Equal(JsonValueKind.Null, sample.GetProperty("values").GetProperty("it's \"odd\"").ValueKind);
        Assert.Equal(1.5, sample.GetProperty("forecast").GetProperty("it's \"odd\"").GetDouble());
        JsonElement info = watcher.Of("latch/pump-7/info")[0].Json;
        Assert.Equal("°C", info.GetProperty("channels")[0].GetProperty("unit").GetString());
        Assert.Equal(["online", "offline"], watcher.Expect("latch/pump-7/status", 2).Select(static seen => seen.Text));
        // Who comes later finds what is retained, and only that.
        using Watcher late = broker.Watch("latch/#");
        late.Expect("latch/pump-7/state");
        Assert.Equal(["latch/pump-7/info", "latch/pump-7/state", "latch/pump-7/status"], late.All.Select(static seen => seen.Topic).Order(StringComparer.Ordinal));
        Assert.All(late.All, static seen => Assert.True(seen.Retained));
    }

    [Fact]
    public void Connect_WrongPassword_SaysSo()
    {
        using Broker broker = Broker.Open();
        File.WriteAllText(broker.PasswordFile, "wrong\n");
        using MqttPublisher publisher = new(broker.Options(), Device.Pump);
        Wait.Until(() => publisher.Status.LastError is not null, "a refusal");
        Assert.Contains("refuses the user or the password", publisher.Status.LastError, StringComparison.Ordinal);
        Assert.Equal((false, 0L), (publisher.Status.Connected, publisher.Status.Connects));
        // The file is read at each attempt.
        File.WriteAllText(broker.PasswordFile, "board secret\n");
        Wait.Until(() => publisher.Status.Connected, "a connection with the right password");
    }

    [Fact]
    public void Connect_UnknownAuthority_IsRefused()
    {
        using Broker broker = Broker.Open();
        Certificates other = new(broker.Folder, "other");
        AssertTlsRefused(broker, broker.Options() with { Tls = new MqttTls { CaFile = other.CaFile } });
    }

    [Fact]
    public void Connect_SystemAuthorities_RefuseOurBroker()
    {
        using Broker broker = Broker.Open();
        AssertTlsRefused(broker, broker.Options() with { Tls = new MqttTls() });
    }

    [Fact]
    public void Connect_CertificateOfAnotherName_IsRefused()
    {
        using Broker broker = Broker.Open(host: "elsewhere.example");
        AssertTlsRefused(broker, broker.Options());
        MqttTls named = new() { CaFile = broker.Authority.CaFile, ServerName = "elsewhere.example" };
        using MqttPublisher told = new(broker.Options() with { Tls = named }, Device.Pump);
        Wait.Until(() => told.Status.Connected, "a connection under the name told");
    }

    [Fact]
    public void Connect_ClientCertificateRequired_OnlyWithOne()
    {
        using Broker broker = Broker.Open(clientCertificates: true);
        using (MqttPublisher without = new(broker.Options(), Device.Pump))
        {
            Wait.Until(() => without.Status.LastError is not null, "a refusal");
            Assert.Equal(0, without.Status.Connects);
        }
        (string certificate, string key) = broker.Authority.Sign("client");
        MqttTls tls = new() { CaFile = broker.Authority.CaFile, CertificateFile = certificate, KeyFile = key };
        using MqttPublisher publisher = new(broker.Options() with { Tls = tls }, Device.Pump);
        Wait.Until(() => publisher.Status.Connected, $"a connection with a certificate");
    }

    [Fact]
    public void Publish_ForbiddenTopic_IsDroppedAndSaid()
    {
        using Broker broker = Broker.Open();
        using MqttPublisher publisher = new(broker.Options("queue") with { TopicPrefix = "forbidden" }, Device.Pump);
        publisher.Report(Device.Step(0));
        Wait.Until(() => publisher.Status.Dropped > 0, "a refusal");
        Assert.Contains("access list", publisher.Status.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public void Connection_Cut_WillIsDeliveredThenOnlineAgain()
    {
        using Broker broker = Broker.Open();
        using Proxy wire = new(broker.Port);
        using Watcher watcher = broker.Watch();
        using MqttPublisher publisher = new(broker.Options() with { Port = wire.Port, Sparkplug = new SparkplugOptions() }, Device.Pump);
        watcher.Expect("latch/pump-7/status");
        watcher.Expect("spBv1.0/latch/NBIRTH/pump-7");
        wire.Cut();
        Assert.Equal("offline", watcher.Expect("latch/pump-7/status", 2)[1].Text);
        watcher.Expect("spBv1.0/latch/NDEATH/pump-7");
        wire.Mend();
        Assert.Equal("online", watcher.Expect("latch/pump-7/status", 3)[2].Text);
        watcher.Expect("spBv1.0/latch/NBIRTH/pump-7", 2);
        Assert.Equal(4, publisher.Status.Connects);
    }

    [Fact]
    public void Gates_Records_ArePublishedWhileConnectedOnly()
    {
        using Broker broker = Broker.Open();
        using Watcher watcher = broker.Watch();
        using MqttPublisher publisher = new(broker.Options() with { Gates = true }, Device.Pump);
        TelemetryRecord record = new(5, 1, TelemetryQuantity.ForgetGate, 0.5, 0.25, double.NaN, 0.125, 0, 2);
        Wait.Until(() => publisher.Status.Connected, "a connection");
        publisher.Gates.Write([record]);
        JsonElement gate = watcher.Expect("latch/pump-7/gates")[0].Json.GetProperty("gates")[0];
        Assert.Equal("""{"step":5,"layer":1,"quantity":"forget gate","mean":0.5,"min":0.25,"max":null,"below":0.125,"above":0,"saturated":2}""", gate.GetRawText());
        broker.Stop();
        Wait.Until(() => !publisher.Status.Connected, "the loss of the connection");
        long before = publisher.Status.Dropped;
        publisher.Gates.Write([record]);
        Assert.Equal(before + 1, publisher.Status.Dropped);
    }

    private static void AssertTlsRefused(Broker broker, MqttPublisherOptions options)
    {
        using Proxy wire = new(broker.Port);
        using MqttPublisher publisher = new(options with { Port = wire.Port }, Device.Pump);
        Wait.Until(() => publisher.Status.LastError is not null, "a refusal");
        Assert.Contains("TLS failed", publisher.Status.LastError, StringComparison.Ordinal);
        Wait.Until(() => wire.Accepted >= 3, "the third attempt, after a second refusal");
        Assert.Equal(0, publisher.Status.Connects);
    }
}
