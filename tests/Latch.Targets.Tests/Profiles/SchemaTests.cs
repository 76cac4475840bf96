using System.Text.Json;
using System.Text.RegularExpressions;
using Latch.Targets.Profiles;

namespace Latch.Targets.Tests.Profiles;

/// <summary>The shipped profiles obey target.schema.json, and the program refuses what the schema refuses.</summary>
public sealed class SchemaTests
{
    private static string Folder => Path.Combine(SharedData.Repository, "targets");

    public static TheoryData<string> Files => [.. Directory.GetFiles(Folder, "*.json").Where(path => !path.EndsWith(".schema.json", StringComparison.Ordinal)).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    private static JsonElement Schema => JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "target.schema.json"))).RootElement;

    [Theory]
    [MemberData(nameof(Files))]
    public void Profile_Shipped_ObeysTheSchema(string file)
    {
        string text = File.ReadAllText(Path.Combine(Folder, file));
        Assert.Empty(Faults(Schema, JsonDocument.Parse(text).RootElement, ""));
        TargetProfile profile = TargetProfile.Parse(text, file);
        Assert.Equal(profile.Name, TargetCatalog.Load().Find(profile.Name).Name);
    }

    [Theory]
    [InlineData("\"cores\": 4", "\"cores\": 0")]
    [InlineData("\"cores\": 4", "\"cores\": \"four\"")]
    [InlineData("\"name\": \"pi-4\"", "\"name\": \"Pi 4\"")]
    [InlineData("\"glibc\": \"2.34\"", "\"glibc\": \"new\"")]
    [InlineData("\"cores\": 4", "\"corez\": 4")]
    [InlineData("\"level\": 1", "\"level\": 4")]
    [InlineData("\"memoryMiB\": 48", "\"memoryMiB\": 8")]
    [InlineData("\"rid\": \"linux-arm64\"", "\"rid\": \"linux-arm\"")]
    [InlineData("\"name\": \"pi-4\"", "\"name\": \"-pi\"")]
    [InlineData("\"name\": \"pi-4\"", "\"name\": \"pi--4\"")]
    [InlineData("\"name\": \"pi-4\"", "\"name\": \"pi-\"")]
    [InlineData("\"latchTarget\": \"linux-arm64\"", "\"latchTarget\": \"linux-arm64-v9\"")]
    [InlineData("\"kernel\": \"advsimd\"", "\"kernel\": \"neon\"")]
    [InlineData("\"glibc\": \"2.34\"", "\"glibc\": \"3.1\"")]
    [InlineData("\"glibc\": \"2.34\"", "\"glibc\": \"2.34.1\"")]
    [InlineData("\"gpio\"", "\"gpio; reboot\"")]
    [InlineData("\"gpio\"", "\"$(reboot)\"")]
    [InlineData("\"gpio\"", "\"Gpio\"")]
    [InlineData("\"gpio\"", "\"0gpio\"")]
    [InlineData("\"gpio\"", "\"\"")]
    [InlineData("\"gpio\"", "null")]
    [InlineData("\"core\": \"cortex-a72\"", "\"core\": \"\"")]
    [InlineData("\"board\": \"Raspberry Pi 4 Model B\"", "\"board\": \"\"")]
    [InlineData("\"device\": \"/dev/i2c-1\"", "\"device\": \"\"")]
    [InlineData("\"https://www.raspberrypi.com/documentation/", "\"\", \"")]
    public void Parse_WhatTheSchemaRefuses_IsRefused(string part, string replacement)
    {
        string text = File.ReadAllText(Path.Combine(Folder, "raspberry-pi-4.json"));
        Assert.Contains(part, text, StringComparison.Ordinal);
        string broken = text.Replace(part, replacement, StringComparison.Ordinal);
        Assert.NotEmpty(Faults(Schema, JsonDocument.Parse(broken).RootElement, ""));
        Assert.StartsWith("my.json: ", Assert.Throws<TargetException>(() => TargetProfile.Parse(broken, "my.json")).Message, StringComparison.Ordinal);
    }

    // As much of JSON Schema as the file uses; a keyword beyond that is an error of the test.
    private static IEnumerable<string> Faults(JsonElement schema, JsonElement value, string path)
    {
        foreach (JsonProperty rule in schema.EnumerateObject())
        {
            switch (rule.Name)
            {
                case "$schema" or "title" or "description" or "properties" or "additionalProperties" or "items":
                    break;
                case "type" when !IsType(rule.Value.GetString()!, value):
                    yield return $"{path}: not {rule.Value}";
                    yield break;
                case "type":
                    break;
                case "required":
                    foreach (JsonElement name in rule.Value.EnumerateArray().Where(name => !value.TryGetProperty(name.GetString()!, out _)))
                        yield return $"{path}: {name} missing";
                    break;
                case "enum" when !rule.Value.EnumerateArray().Any(allowed => allowed.GetString() == value.GetString()):
                case "pattern" when !Regex.IsMatch(value.GetString()!, rule.Value.GetString()!):
                case "minLength" when value.GetString()!.Length < rule.Value.GetInt32():
                case "minimum" when value.GetInt32() < rule.Value.GetInt32():
                case "maximum" when value.GetInt32() > rule.Value.GetInt32():
                case "minItems" when value.GetArrayLength() < rule.Value.GetInt32():
                    yield return $"{path}: {rule.Name} {rule.Value}";
                    break;
                case "enum" or "pattern" or "minLength" or "minimum" or "maximum" or "minItems":
                    break;
                default:
                    throw new InvalidOperationException($"This test does not know '{rule.Name}'.");
            }
        }
        if (value.ValueKind == JsonValueKind.Object)
        {
            JsonElement properties = schema.GetProperty("properties");
            foreach (JsonProperty member in value.EnumerateObject())
                foreach (string fault in properties.TryGetProperty(member.Name, out JsonElement rules) ? Faults(rules, member.Value, $"{path}/{member.Name}") : [$"{path}: {member.Name} unknown"])
                    yield return fault;
        }
        if (value.ValueKind == JsonValueKind.Array)
            foreach (JsonElement item in value.EnumerateArray())
                foreach (string fault in Faults(schema.GetProperty("items"), item, $"{path}[]"))
                    yield return fault;
    }

    private static bool IsType(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out _),
        _ => throw new InvalidOperationException($"This test does not know the type '{type}'."),
    };
}
