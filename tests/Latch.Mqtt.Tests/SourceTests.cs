using System.Text.Json;

namespace Latch.Mqtt.Tests;

/// <summary>Channels from topics.</summary>
public sealed class SourceTests
{
    [Fact]
    public void TryRead_ValuesPublished_LastOnesUntilTheyTimeOut()
    {
        using Broker broker = Broker.Open();
        MqttSourceOptions options = Options(broker) with { ValueTimeoutSeconds = 2 };
        using MqttSource source = new(options);
        Assert.Equal(["a", "b", "c", "d"], source.Channels.Select(static channel => channel.Name));
        float[] sample = new float[4];
        Assert.True(source.TryRead(sample, out _));
        Assert.All(sample, static value => Assert.True(float.IsNaN(value)));
        Wait.Until(() => source.IsConnected, "a connection");
        broker.Publish("plant/raw", " 12.5\n");
        broker.Publish("plant/json", """{"sensor":{"readings":[1,{"value":-3.25}],"on":true},"text":"4.5"}""");
        Wait.Until(() => source.TryRead(sample, out _) && sample.All(float.IsFinite), "the values");
        Assert.Equal([12.5f, -3.25f, 1f, 4.5f], sample);
        broker.Publish("plant/json", "no json");
        Wait.Until(() => source.TryRead(sample, out _) && float.IsNaN(sample[1]), "the missing values");
        Wait.Until(() => source.TryRead(sample, out _) && float.IsNaN(sample[0]), "the value to time out", 5);
    }

    [Fact]
    public void TryRead_BrokerRestarted_ValuesComeAgain()
    {
        using Broker broker = Broker.Open();
        System.Collections.Concurrent.ConcurrentQueue<string> failed = new();
        using MqttSource source = new(Options(broker), failed: failed.Enqueue);
        Wait.Until(() => source.IsConnected, "a connection");
        Assert.Empty(failed);
        broker.Stop();
        Wait.Until(() => !source.IsConnected, "the loss of the connection");
        Wait.Until(() => source.LastError?.Contains("the connection was lost", StringComparison.Ordinal) == true, "the reason");
        broker.Start();
        Wait.Until(() => source.IsConnected, "a connection again");
        broker.Publish("plant/raw", "7");
        float[] sample = new float[4];
        Wait.Until(() => source.TryRead(sample, out _) && sample[0] == 7, "the value");
        Assert.Single(failed, static reason => reason.Contains("the connection was lost", StringComparison.Ordinal));
        broker.Stop();
        Wait.Until(() => failed.Count(static reason => reason.Contains("the connection was lost", StringComparison.Ordinal)) == 2, "the reason of the second loss");
    }

    [Theory]
    [InlineData("a", """{"a":1}""", 1)]
    [InlineData("a.b", """{"a":{"b":2.5}}""", 2.5)]
    [InlineData("[1]", "[1,2]", 2)]
    [InlineData("[0].v", """[{"v":3}]""", 3)]
    [InlineData("a[1][0]", """{"a":[0,[4]]}""", 4)]
    [InlineData("a", """{"a":false}""", 0)]
    [InlineData("a", """{"a":"1e3"}""", 1000)]
    [InlineData("a", """{"a":null}""", double.NaN)]
    [InlineData("a", """{"b":1}""", double.NaN)]
    [InlineData("a.b", """{"a":1}""", double.NaN)]
    [InlineData("a[2]", """{"a":[1]}""", double.NaN)]
    public void Path_Document_Value(string path, string json, double expected) =>
        Assert.Equal((float)expected, JsonPath.Parse(path).Read(JsonDocument.Parse(json).RootElement));

    [Theory]
    [InlineData("")]
    [InlineData("a..b")]
    [InlineData("a[x]")]
    [InlineData("a[1")]
    [InlineData("a[-1]")]
    public void Path_Wrong_IsAFault(string path) => Assert.NotNull(JsonPath.FaultOf(path));

    private static MqttSourceOptions Options(Broker broker) => new()
    {
        Host = "localhost",
        Port = broker.Port,
        Tls = new MqttTls { CaFile = broker.Authority.CaFile },
        User = "board",
        PasswordFile = broker.PasswordFile,
        RetryLimitSeconds = 1,
        Channels =
        [
            new MqttChannel { Name = "a", Unit = "V", Topic = "plant/raw" },
            new MqttChannel { Name = "b", Topic = "plant/json", Path = "sensor.readings[1].value" },
            new MqttChannel { Name = "c", Topic = "plant/json", Path = "sensor.on" },
            new MqttChannel { Name = "d", Topic = "plant/json", Path = "text" },
        ],
    };
}
