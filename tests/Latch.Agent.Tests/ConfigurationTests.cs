using System.Text.Json;
using System.Text.Json.Nodes;
using Latch.Agent.Configuration;

namespace Latch.Agent.Tests;

public sealed class ConfigurationTests
{
    private const string Good = """
        {
          // a comment
          "$schema": "agent.schema.json",
          "model": "current/model",
          "trust": { "keys": ["keys"], "allowOlder": true, },
          "source": { "kind": "host" },
          "rate": 2.5,
          "faults": { "timeout": "reset", "ranges": { "a": { "min": -1 } } },
          "alarms": { "alarmsPerHour": 0.5, "outputs": [] },
          "telemetry": { "recording": { "folder": "/r", "limitMiB": 20 } },
          "state": { "file": "state.bin" },
          "status": "status.json",
        }
        """;

    [Fact]
    public void Parse_CommentsAndTrailingCommas_AreRead()
    {
        AgentConfiguration read = TestModels.Configuration(Good, "/etc/latch");
        Assert.Equal(("/etc/latch/current/model", 2.5), (read.Model, read.Rate));
        Assert.Equal(["/etc/latch/keys"], read.Trust.Keys);
        Assert.Equal((false, true), (read.Trust.AllowUnsigned, read.Trust.AllowOlder));
        Assert.Equal((FaultPolicy.Reset, FaultPolicy.Hold), (read.Faults.Timeout, read.Faults.Missing));
        Assert.Equal(new ReadingRange(-1, double.PositiveInfinity), read.Faults.Ranges["a"]);
        Assert.Equal(new RecordingFolder("/r", 20, 8), read.Telemetry.Recording);
        Assert.Equal(new StateOptions("/etc/latch/state.bin", 60, 600), read.State);
        Assert.Equal(("/etc/latch/status.json", null), (read.Status, read.Live));
        Assert.Null(read.Telemetry.Mqtt);
        Assert.Null(read.Telemetry.Metrics);
    }

    [Theory]
    [InlineData("{", "the file: is not JSON")]
    [InlineData("[]", "the file: must be an object")]
    [InlineData("""{"source": {}}""", "model: must be given")]
    [InlineData("""{"model": "m"}""", "source: must be given")]
    [InlineData("""{"model": ""}""", "model: must be a text")]
    [InlineData("""{"model": 5}""", "model: must be a text")]
    [InlineData("""{"model": "m", "model": "n"}""", "the file: is not JSON")]
    [InlineData("""{"modell": "m"}""", "modell: is not known")]
    [InlineData("""{"faults": {"timeouts": "hold"}}""", "faults.timeouts: is not known")]
    [InlineData("""{"faults": {"timeout": "Hold"}}""", "faults.timeout: must be one of hold, skip, reset")]
    [InlineData("""{"faults": {"resetAfter": 1.5}}""", "faults.resetAfter: must be a whole number")]
    [InlineData("""{"faults": {"resetAfter": 0}}""", "faults.resetAfter: must be a whole number from 1")]
    [InlineData("""{"faults": {"ranges": {"a": {"min": 2, "max": 1}}}}""", "faults.ranges.a.min: must be below max")]
    [InlineData("""{"faults": {"ranges": {"a": {"least": 2}}}}""", "faults.ranges.a.least: is not known")]
    [InlineData("""{"faults": {"stuckChannels": [1]}}""", "faults.stuckChannels[0]: must be a text")]
    [InlineData("""{"trust": {"allowUnsigned": "yes"}}""", "trust.allowUnsigned: must be true or false")]
    [InlineData("""{"trust": []}""", "trust: must be an object")]
    [InlineData("""{"rate": -1}""", "rate: must be a number from 0 to 100000")]
    [InlineData("""{"alarms": {"alarmsPerHour": 0}}""", "alarms.alarmsPerHour: must be a number")]
    [InlineData("""{"alarms": {"outputs": [5]}}""", "alarms.outputs[0]: must be an object")]
    [InlineData("""{"telemetry": {"recording": {}}}""", "telemetry.recording.folder: must be given")]
    [InlineData("""{"telemetry": {"recording": {"folder": "r", "limitMiB": 10}}}""", "telemetry.recording.limitMiB: must hold two segments")]
    [InlineData("""{"telemetry": {"mqtt": {"hosts": "x"}}}""", "telemetry.mqtt.hosts: is not known")]
    [InlineData("""{"telemetry": {"mqtt": {}}}""", "telemetry.mqtt.host: ")]
    [InlineData("""{"telemetry": {"otlp": {"endpoint": "nowhere"}}}""", "telemetry.otlp.endpoint: ")]
    [InlineData("""{"telemetry": {"prometheus": {"address": "here"}}}""", "telemetry.prometheus.address: ")]
    [InlineData("""{"state": {}}""", "state.file: must be given")]
    [InlineData("""{"state": {"file": "s", "maxAgeSeconds": -1}}""", "state.maxAgeSeconds: must be a number")]
    public void Parse_OneFault_NamesItsPath(string json, string expected)
    {
        ConfigurationFaults faults = new();
        ConfigurationReader.Parse(json, "/", faults, []);
        Assert.Contains(faults.All, fault => fault.StartsWith(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void Read_ManyFaults_AreSaidAtOnce()
    {
        using Scratch scratch = new();
        string path = scratch.Write("agent.json", """{"source": {"kind": "csv"}, "rate": "fast", "alarms": {"outputs": [{"kind": "gpio", "line": -1}]}, "extra": 1}""");
        ConfigurationException exception = Assert.Throws<ConfigurationException>(() => ConfigurationReader.Read(path));
        foreach (string place in (string[])["model: ", "rate: ", "extra: ", "source.file", "alarms.outputs[0].line"])
            Assert.Contains(exception.Faults, fault => fault.StartsWith($"{path}: {place}", StringComparison.Ordinal));
        Assert.Equal(5, exception.Faults.Count);
    }

    [Fact]
    public void Read_MqttSource_FaultsNameTheirPath()
    {
        using Scratch scratch = new();
        string path = scratch.Write("agent.json", """{"model": "m", "source": {"kind": "mqtt", "host": "h", "channels": [{"name": "a", "topics": "t"}], "x": 1}}""");
        ConfigurationException exception = Assert.Throws<ConfigurationException>(() => ConfigurationReader.Read(path));
        Assert.Contains(exception.Faults, fault => fault.StartsWith($"{path}: source.channels[0].topics: is not known", StringComparison.Ordinal));
        Assert.Contains(exception.Faults, fault => fault.StartsWith($"{path}: source.x: is not known", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true, """{"kind": "host"}""")]
    [InlineData(true, """{"kind": "mqtt", "host": "h", "channels": []}""")]
    [InlineData(false, """{"kind": "stdin"}""")]
    [InlineData(false, """{"kind": "combined", "sources": [{"kind": "host"}, {"kind": "iio", "buffered": true}]}""")]
    public void IsOnDemand_Source_IsReadWhenTheLoopAsksUnlessItWaits(bool expected, string source) =>
        Assert.Equal(expected, Service.AgentSetup.IsOnDemand(TestModels.Configuration($$"""{"model": "m", "source": {{source}} }""")));

    [Fact]
    public void Parse_BoundsOfTelemetry_AreThoseOfItsOptions()
    {
        List<KnownProperty> known = [];
        ConfigurationReader.Parse("{}", "/", new ConfigurationFaults(), known);
        (string Path, double Value)[] bounds = [.. known.Where(static property => property.Path.Split('.') is ["telemetry", "mqtt" or "otlp" or "prometheus", ..])
            .SelectMany(static property => (double?[])[property.Least, property.Greatest], static (property, bound) => (property.Path, bound)).Where(static bound => bound.bound is not null).Select(static bound => (bound.Path, bound.bound!.Value))];
        Assert.True(bounds.Length >= 20);
        foreach ((string path, double value) in bounds)
        {
            string[] names = path.Split('.');
            JsonObject telemetry = new() { ["mqtt"] = new JsonObject { ["host"] = "h", ["everySteps"] = 5 }, ["otlp"] = new JsonObject(), ["prometheus"] = new JsonObject() };
            JsonObject section = names[1..^1].Aggregate(telemetry, static (parent, name) => (JsonObject)(parent[name] ??= new JsonObject()));
            section[names[^1]] = value;
            ConfigurationFaults faults = new();
            ConfigurationReader.Parse(new JsonObject { ["model"] = "m", ["source"] = new JsonObject { ["kind"] = "stdin" }, ["telemetry"] = telemetry }.ToJsonString(), "/", faults, []);
            Assert.True(faults.All.Count == 0, $"{path} = {value}: {string.Join(' ', faults.All)}");
        }
    }

    [Theory]
    [InlineData("pump 7", """, "telemetry": {"mqtt": {"host": "h"}}""", "telemetry.mqtt: device: the name 'pump 7' must have")]
    [InlineData("pump 7", "", null)]
    [InlineData("pump-7", """, "telemetry": {"mqtt": {"host": "h"}}""", null)]
    public void ModelFaults_NameThatIsNoLevelOfATopic_IsAFaultWhereMqttIsGiven(string device, string more, string? expected)
    {
        using Scratch scratch = new();
        Model.ModelWriter.Write(TestModels.Definition(), scratch["m.latch"]);
        AgentConfiguration configuration = TestModels.Configuration($$"""{"device": "{{device}}", "model": "m.latch", "trust": {"allowUnsigned": true}, "source": {"kind": "stdin"} {{more}}}""", scratch.Folder);
        IReadOnlyList<string> faults = Service.AgentSetup.ModelFaults(configuration);
        Assert.Equal(expected is null ? 0 : 1, faults.Count);
        Assert.StartsWith(expected ?? "", string.Join(' ', faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NoFile_SaysSo() => Assert.Contains("cannot be read", Assert.Throws<ConfigurationException>(() => ConfigurationReader.Read("/nowhere/agent.json")).Message, StringComparison.Ordinal);

    [Fact]
    public void Schema_Properties_AreThoseOfTheReader()
    {
        List<KnownProperty> known = [];
        ConfigurationReader.Parse("{}", "/", new ConfigurationFaults(), known);
        using JsonDocument schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(SharedData.Repository, "src/Latch.Agent/agent.schema.json")));
        List<KnownProperty> described = [];
        Flatten(schema.RootElement, "", described);
        Assert.True(known.Count > 50);
        Assert.Equal(known.Select(static property => property.Path).Order(StringComparer.Ordinal), described.Select(static property => property.Path).Order(StringComparer.Ordinal));
        foreach (KnownProperty property in known)
        {
            KnownProperty other = described.Single(candidate => candidate.Path == property.Path);
            Assert.Equal(property with { Choices = null }, other with { Choices = null });
            Assert.Equal(property.Choices, other.Choices);
        }
    }

    [Fact]
    public void Schema_Objects_RefuseUnknownProperties()
    {
        using JsonDocument schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(SharedData.Repository, "src/Latch.Agent/agent.schema.json")));
        int objects = 0;
        void Look(JsonElement element, string path)
        {
            if (path != "source" && element.TryGetProperty("properties", out JsonElement properties))
            {
                objects++;
                Assert.False(element.GetProperty("additionalProperties").GetBoolean(), path);
                foreach (JsonProperty property in properties.EnumerateObject())
                    Look(property.Value, path.Length == 0 ? property.Name : $"{path}.{property.Name}");
            }
        }

        Look(schema.RootElement, "");
        Assert.True(objects >= 12);
    }

    private static void Flatten(JsonElement schema, string path, List<KnownProperty> into)
    {
        foreach (JsonProperty property in schema.GetProperty("properties").EnumerateObject())
        {
            string name = path.Length == 0 ? property.Name : $"{path}.{property.Name}";
            JsonElement value = property.Value;
            double? Bound(string key) => value.TryGetProperty(key, out JsonElement bound) ? bound.GetDouble() : null;
            into.Add(new KnownProperty(
                name, value.GetProperty("type").GetString()!, Bound("minimum"), Bound("maximum"), value.TryGetProperty("default", out JsonElement otherwise) ? otherwise.GetRawText() : null,
                value.TryGetProperty("enum", out JsonElement choices) ? [.. choices.EnumerateArray().Select(static choice => choice.GetString()!)] : null));
            if (name != "source" && value.TryGetProperty("properties", out _))
                Flatten(value, name, into);
        }
    }
}
