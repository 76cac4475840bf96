using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Latch.Mqtt.Formats;
using Latch.Sensors;

namespace Latch.Mqtt.Tests;

/// <summary>The README's examples are what the code writes and reads.</summary>
public sealed partial class ReadmeTests
{
    private static readonly JsonSerializerOptions s_strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private static readonly string s_text = File.ReadAllText(Path.Combine(SharedData.Repository, "src", "Latch.Mqtt", "README.md"));

    [Fact]
    public void Readme_Messages_AreThoseSent()
    {
        DeviceDescription pump = Device.Pump with { Channels = [new SensorChannel("temperature", "°C"), new SensorChannel("flow", "l/min")] };
        JsonFormat format = new(new MqttPublisherOptions { Host = "h" }, pump);
        StepEntry entry = new(2);
        entry.Take(Device.Step(3));
        Message[] messages = [format.Birth().First(), .. format.Encode(entry, late: true), .. format.Encode(Device.Alarm(4), late: true)];
        string[] examples = [.. Blocks().Matches(s_text).Where(static block => block.Groups[1].Length == 0).Select(static block => block.Groups[2].Value.Trim())];
        Assert.Equal(messages.Select(static message => Encoding.UTF8.GetString(message.Body)), examples);
        Assert.Equal(["latch/pump-7/info", "latch/pump-7/samples", "latch/pump-7/alarms"], messages.Select(static message => message.Topic));
    }

    [Fact]
    public void Readme_Configurations_AreRead()
    {
        MqttPublisherOptions publisher = JsonSerializer.Deserialize<MqttPublisherOptions>(Block("publisher"), s_strict)!;
        Assert.NotNull(publisher.HomeAssistant);
        // Nothing but the files of a board is amiss here.
        Assert.Equal(["passwordFile", "tls.caFile"], publisher.Faults().Select(static fault => fault[..fault.IndexOf(':', StringComparison.Ordinal)]));
        MqttSourceOptions source = JsonSerializer.Deserialize<MqttSourceOptions>(Block("source"), s_strict)!;
        Assert.Empty(source.Faults());
        Assert.Equal("readings[0].value", source.Channels[1].Path);
    }

    [Fact]
    public void Readme_Table_HasEveryKey()
    {
        string[] keys =
        [
            .. Keys(typeof(MqttPublisherOptions), "").Except(["tls", "sparkplug", "homeAssistant", "queue"]), .. Keys(typeof(MqttTls), "tls."), .. Keys(typeof(SparkplugOptions), "sparkplug."),
            .. Keys(typeof(HomeAssistantOptions), "homeAssistant."), .. Keys(typeof(MqttQueueOptions), "queue."),
        ];
        Assert.Equal(27, keys.Length);
        Assert.All(keys, static key => Assert.Contains($"`{key}`", s_text, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Keys(Type type, string prefix) =>
        type.GetProperties().Where(static property => property.CanWrite).Select(property => prefix + JsonNamingPolicy.CamelCase.ConvertName(property.Name));

    private static string Block(string mark) => Assert.Single(Blocks().Matches(s_text), block => block.Groups[1].Value.Trim() == mark).Groups[2].Value;

    [GeneratedRegex("```json( \\w+)?\\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
