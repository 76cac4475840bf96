using System.Text.Json;
using Latch.Mqtt.Formats;
using Latch.Sensors.Outputs;

namespace Latch.Mqtt.Tests;

/// <summary>Sparkplug B against the specification's rules, decoded by the npm package and seen through the broker.</summary>
public sealed class SparkplugTests
{
    private static readonly SparkplugOptions s_options = new() { Group = "plant" };

    [Fact]
    public void Session_BirthDataDeath_FollowTheSpecification()
    {
        using Broker broker = Broker.Open();
        using Watcher watcher = broker.Watch("spBv1.0/#");
        using (MqttPublisher publisher = new(broker.Options() with { Json = false, Sparkplug = s_options }, Device.Pump))
        {
            watcher.Expect("spBv1.0/plant/NBIRTH/pump-7");
            for (int step = 0; step < 300; step++)
                publisher.Report(Device.Step(step));
            watcher.Expect("spBv1.0/plant/NDATA/pump-7", 300);
            publisher.ReportAlarm(Device.Alarm(300));
            watcher.Expect("spBv1.0/plant/NDATA/pump-7", 301);
        }
        watcher.Expect("spBv1.0/plant/NDEATH/pump-7");
        Assert.All(watcher.All, static seen => Assert.Equal((false, seen.Topic.Contains("NDEATH", StringComparison.Ordinal) ? 1 : 0), (seen.Retained, seen.Qos)));
        JsonElement[] decoded = SparkplugDecoder.Decode(watcher.All.Select(static seen => seen.Body));
        Assert.Equal(303, decoded.Length);
        JsonElement birth = decoded[0];
        // Numbers 0 to 255 and around, from 0 at the birth; the death has none.
        Assert.Equal(Enumerable.Range(0, 302).Select(static index => index % 256), decoded[..^1].Select(static payload => payload.GetProperty("seq").GetInt32()));
        JsonElement death = decoded[^1];
        Assert.False(death.TryGetProperty("seq", out _));
        JsonElement session = Assert.Single(death.GetProperty("metrics").EnumerateArray().ToArray());
        Assert.Equal("bdSeq Int64 0", Text(session));
        AssertBirth(birth);
        // Data name metrics by aliases of the birth only.
        HashSet<int> aliases = [.. Metrics(birth).Where(HasAlias).Select(static metric => metric.GetProperty("alias").GetInt32())];
        Assert.Equal(Metrics(birth).Count(HasAlias), aliases.Count);
        Assert.All(decoded[1..^1].SelectMany(Metrics), metric =>
        {
            Assert.False(metric.TryGetProperty("name", out _));
            Assert.Contains(metric.GetProperty("alias").GetInt32(), aliases);
        });
        AssertData(birth, decoded[4], decoded[^2]);
    }

    [Fact]
    public void Command_Rebirth_BringsABirthWithTheSameSession()
    {
        using Broker broker = Broker.Open();
        using Watcher watcher = broker.Watch("spBv1.0/+/NBIRTH/#");
        using MqttPublisher publisher = new(broker.Options("queue") with { Json = false, Sparkplug = s_options }, Device.Pump);
        watcher.Expect("spBv1.0/plant/NBIRTH/pump-7");
        publisher.Report(Device.Step(4, AlarmLevel.Alarm));
        Wait.Until(() => publisher.Status.Published == 2, "the data");
        // Written by hand after the specification: metric 2 { name 1 "Node Control/Rebirth", datatype 4 = Boolean 11, boolean_value 14 }.
        byte[] name = [.. "Node Control/Rebirth"u8];
        byte[] metric = [0x0A, (byte)name.Length, .. name, 0x20, 11, 0x70, 1];
        string file = Path.Combine(broker.Folder, "rebirth");
        File.WriteAllBytes(file, [0x12, (byte)metric.Length, .. metric]);
        broker.PublishFile("spBv1.0/plant/NCMD/pump-7", file);
        Seen[] births = watcher.Expect("spBv1.0/plant/NBIRTH/pump-7", 2);
        broker.Stop();
        Wait.Until(() => !publisher.Status.Connected, "the loss of the connection");
        broker.Start();
        using Watcher again = broker.Watch("spBv1.0/+/NBIRTH/#");
        byte[] third = again.Expect("spBv1.0/plant/NBIRTH/pump-7")[0].Body;
        JsonElement[] decoded = SparkplugDecoder.Decode([births[0].Body, births[1].Body, third]);
        Assert.Equal(["bdSeq Int64 0", "bdSeq Int64 0", "bdSeq Int64 1"], decoded.Select(static payload => Text(Metrics(payload)[0])));
        Assert.All(decoded, static payload => Assert.Equal(0, payload.GetProperty("seq").GetInt32()));
        // The second birth tells the last values.
        Assert.Equal("Channels/temperature Float 24.5", Text(Named(decoded[1], "Channels/temperature")));
        Assert.Equal("Alarm Boolean true", Text(Named(decoded[1], "Alarm")));
    }

    [Fact]
    public void Report_WhileOffline_ArrivesAsHistory()
    {
        using Broker broker = Broker.Open();
        broker.Stop();
        using MqttPublisher publisher = new(broker.Options("queue") with { Json = false, Sparkplug = s_options }, Device.Pump);
        for (int step = 0; step < 5; step++)
            publisher.Report(Device.Step(step));
        Wait.Until(() => publisher.Status.Queued == 5, "data on disk");
        broker.Start();
        using Watcher watcher = broker.Watch("spBv1.0/#");
        watcher.Expect("spBv1.0/plant/NDATA/pump-7", 5);
        publisher.Report(Device.Step(5));
        Seen[] data = watcher.Expect("spBv1.0/plant/NDATA/pump-7", 6);
        JsonElement[] decoded = SparkplugDecoder.Decode(data.Select(static seen => seen.Body));
        Assert.Equal([1, 2, 3, 4, 5, 6], decoded.Select(static payload => payload.GetProperty("seq").GetInt32()));
        Assert.Equal([true, true, true, true, true, false], decoded.Select(static payload => Metrics(payload)[0].TryGetProperty("isHistorical", out JsonElement late) && late.GetBoolean()));
        Assert.Equal([20.5, 21.5, 22.5, 23.5, 24.5, 25.5], decoded.Select(static payload => payload.GetProperty("metrics")[5].GetProperty("value").GetDouble()));
    }

    [Fact]
    public void Restart_OtherChannels_QueuedAliasesAreDropped()
    {
        using Broker broker = Broker.Open();
        broker.Stop();
        MqttPublisherOptions options = broker.Options("queue") with { Json = false, Sparkplug = s_options };
        using (MqttPublisher publisher = new(options, Device.Pump))
            publisher.Report(Device.Step(0));
        broker.Start();
        DeviceDescription other = Device.Pump with { Channels = [new Sensors.SensorChannel("pressure", "bar")] };
        using MqttPublisher next = new(options, other);
        Wait.Until(() => next.Status is { Queued: 0, Dropped: 1 }, "the queue to be emptied");
    }

    [Fact]
    public void Receive_RandomBytes_IsNoRebirthAndDoesNotThrow()
    {
        SparkplugFormat format = new(s_options, Device.Pump, null);
        Random random = new(5);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] body = new byte[random.Next(40)];
            random.NextBytes(body);
            Assert.False(format.Receive("spBv1.0/plant/NCMD/pump-7", body));
        }
    }

    [Fact]
    public void Session_ProgramRestarted_NumberGoesOn()
    {
        string folder = Directory.CreateTempSubdirectory("latch-session-").FullName;
        Message[] wills = [.. Enumerable.Range(0, 257).Select(_ => new SparkplugFormat(s_options, Device.Pump, folder).Will())];
        JsonElement[] decoded = SparkplugDecoder.Decode(wills.Select(static will => will.Body));
        Assert.Equal(Enumerable.Range(0, 257).Select(static index => $"bdSeq Int64 {index % 256}"), decoded.Select(static payload => Text(Metrics(payload)[0])));
        Directory.Delete(folder, recursive: true);
    }

    private static void AssertBirth(JsonElement birth)
    {
        Assert.All(Metrics(birth), static metric => Assert.True(metric.TryGetProperty("name", out _) && metric.TryGetProperty("type", out _) && metric.TryGetProperty("timestamp", out _)));
        Assert.Equal("bdSeq Int64 0", Text(Named(birth, "bdSeq")));
        Assert.Equal("Node Control/Rebirth Boolean false", Text(Named(birth, "Node Control/Rebirth")));
        Assert.All(["bdSeq", "Node Control/Rebirth"], name => Assert.False(HasAlias(Named(birth, name))));
        Assert.Equal("Properties/Model String pump", Text(Named(birth, "Properties/Model")));
        Assert.Equal("Properties/Model Version Int64 3", Text(Named(birth, "Properties/Model Version")));
        // No step yet: no values, but their types and units.
        Assert.Equal("Channels/temperature Float ", Text(Named(birth, "Channels/temperature")));
        Assert.Equal("°C", Named(birth, "Channels/temperature").GetProperty("properties").GetProperty("engUnit").GetProperty("value").GetString());
    }

    private static void AssertData(JsonElement birth, JsonElement third, JsonElement alarm)
    {
        Dictionary<int, string> names = Metrics(birth).Where(HasAlias).ToDictionary(static metric => metric.GetProperty("alias").GetInt32(), static metric => metric.GetProperty("name").GetString()!);
        string[] Values(JsonElement payload) => [.. Metrics(payload).Select(metric => $"{names[metric.GetProperty("alias").GetInt32()]} {Text(metric)}")];
        Assert.Equal(
        [
            "Step Int64 3", "Score Double 3.5", "Threshold Double 6", "Level String normal", "Alarm Boolean false",
            "Channels/temperature Float 23.5", "Forecast/temperature Float 23.25", "Channels/it's \"odd\" Float ", "Forecast/it's \"odd\" Float 1.5",
        ], Values(third));
        Assert.Equal(["Step Int64 300", "Score Double 7.5", "Level String alarm", "Alarm Boolean true", "Reason String residual"], Values(alarm));
        Assert.Equal(Device.Start.AddSeconds(300).ToUnixTimeMilliseconds(), alarm.GetProperty("timestamp").GetInt64());
    }

    private static JsonElement[] Metrics(JsonElement payload) => [.. payload.GetProperty("metrics").EnumerateArray()];

    private static JsonElement Named(JsonElement payload, string name) => Assert.Single(Metrics(payload), metric => metric.GetProperty("name").GetString() == name);

    private static bool HasAlias(JsonElement metric) => metric.TryGetProperty("alias", out _);

    private static string Text(JsonElement metric)
    {
        string value = metric.GetProperty("value") is { ValueKind: JsonValueKind.String } text ? text.GetString()! : metric.GetProperty("value").GetRawText();
        string name = metric.TryGetProperty("name", out JsonElement given) ? given.GetString() + " " : "";
        return $"{name}{metric.GetProperty("type").GetString()} {(value == "null" ? "" : value)}";
    }
}
