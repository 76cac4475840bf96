using System.Text.Json;
using Latch.Sensors.Outputs;

namespace Latch.Sensors.Tests;

/// <summary>The shipped schemas name the properties that the factories read: both lists are told apart from each other here.</summary>
public sealed class SchemaTests
{
    public static TheoryData<string, string, string> Objects => new()
    {
        { "host", """{"kind": "host", "zzz": 1}""", "source" },
        { "csv", """{"kind": "csv", "file": "a", "zzz": 1}""", "source" },
        { "stdin", """{"kind": "stdin", "zzz": 1}""", "source" },
        { "iio", """{"kind": "iio", "zzz": 1}""", "source" },
        { "i2c", """{"kind": "i2c", "address": 16, "registers": [{"name": "a", "address": 0}], "zzz": 1}""", "source" },
        { "spi", """{"kind": "spi", "registers": [{"name": "a", "address": 0}], "zzz": 1}""", "source" },
        { "gpio", """{"kind": "gpio", "lines": [{"name": "a", "line": 0}], "zzz": 1}""", "source" },
        { "combined", """{"kind": "combined", "sources": [{"kind": "host"}], "zzz": 1}""", "source" },
        { "line", """{"kind": "gpio", "lines": [{"name": "a", "line": 0, "zzz": 1}]}""", "source.lines[0]" },
        { "register", """{"kind": "i2c", "address": 16, "registers": [{"name": "a", "address": 0, "zzz": 1}]}""", "source.registers[0]" },
        { "write", """{"kind": "i2c", "address": 16, "init": [{"address": 0, "value": 0, "zzz": 1}], "registers": [{"name": "a", "address": 0}]}""", "source.init[0]" },
        { "ready", """{"kind": "i2c", "address": 16, "ready": {"address": 0, "mask": 1, "zzz": 1}, "registers": [{"name": "a", "address": 0}]}""", "source.ready" },
        { "identity", """{"kind": "i2c", "address": 16, "identity": {"address": 0, "value": 0, "zzz": 1}, "registers": [{"name": "a", "address": 0}]}""", "source.identity" },
    };

    [Theory]
    [MemberData(nameof(Objects))]
    public void SourcesSchema_Properties_AreThoseRead(string definition, string json, string path)
    {
        JsonElement schema = Load("sources.schema.json").GetProperty("$defs").GetProperty(definition);
        Assert.False(schema.GetProperty("additionalProperties").GetBoolean());
        Assert.Equal(Known(Assert.Single(Sources.Faults(json)), path), Names(schema));
    }

    [Fact]
    public void SourcesSchema_Kinds_AreThoseOfTheFactory() =>
        Assert.Equal(SourceFactory.Kinds, Load("sources.schema.json").GetProperty("oneOf").EnumerateArray().Select(item => item.GetProperty("$ref").GetString()!["#/$defs/".Length..]));

    [Theory]
    [InlineData("""{"kind": "gpio", "line": 1, "zzz": 1}""", "output")]
    [InlineData("""{"kind": "gpio", "line": 1, "patterns": {"zzz": 1}}""", "output.patterns")]
    [InlineData("""{"kind": "gpio", "line": 1, "patterns": {"alarm": {"on": 1, "off": 1, "zzz": 1}}}""", "output.patterns.alarm")]
    public void OutputsSchema_Properties_AreThoseRead(string json, string path)
    {
        JsonElement schema = Load("outputs.schema.json");
        JsonElement of = path switch
        {
            "output" => schema,
            "output.patterns" => schema.GetProperty("properties").GetProperty("patterns"),
            _ => schema.GetProperty("$defs").GetProperty("pattern").GetProperty("oneOf")[1],
        };
        Assert.False(of.GetProperty("additionalProperties").GetBoolean());
        Assert.Equal(Known(Assert.Single(OutputFactory.Check(Sources.Json(json))), path), Names(of));
    }

    private static string[] Known(string fault, string path)
    {
        string head = $"{path}.zzz: is unknown here. Known are: ";
        Assert.StartsWith(head, fault, StringComparison.Ordinal);
        return [.. fault[head.Length..^1].Split(", ").Order(StringComparer.Ordinal)];
    }

    private static string[] Names(JsonElement schema) => [.. schema.GetProperty("properties").EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal)];

    private static JsonElement Load(string name)
    {
        using Stream? stream = typeof(SourceFactory).Assembly.GetManifestResourceStream(name);
        Assert.NotNull(stream);
        return JsonDocument.Parse(stream).RootElement;
    }
}
