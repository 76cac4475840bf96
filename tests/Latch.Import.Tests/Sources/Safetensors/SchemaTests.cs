using System.Text.Json;
using Latch.Import.Sources;
using Latch.Import.Sources.Safetensors;

namespace Latch.Import.Tests.Sources.Safetensors;

/// <summary>The shipped schema names the members and values that the reader takes: both lists are told apart from each other here.</summary>
public sealed class SchemaTests
{
    private static readonly Lazy<JsonElement> s_schema = new(Load);

    public static TheoryData<string> Types => [.. LayerTypes.Names];

    [Fact]
    public void Schema_Types_AreThoseOfTheReader()
    {
        JsonElement alternatives = s_schema.Value.GetProperty("properties").GetProperty("layers").GetProperty("items").GetProperty("oneOf");
        Assert.Equal(LayerTypes.Names, alternatives.EnumerateArray().Select(item => item.GetProperty("$ref").GetString()!["#/$defs/".Length..]));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Schema_MembersOfALayer_AreThoseRead(string type)
    {
        JsonElement schema = s_schema.Value.GetProperty("$defs").GetProperty(type);
        Assert.False(schema.GetProperty("additionalProperties").GetBoolean());
        Assert.Equal(type, schema.GetProperty("properties").GetProperty("type").GetProperty("const").GetString());
        ImportException refusal = Refusal(Describe(type, """, "zzz": 1"""));
        Assert.Equal(("layers[0]", type, "zzz"), (refusal.Node, refusal.OperatorName, refusal.Attribute));
        Assert.Equal(Known(refusal), Names(schema));
    }

    [Theory]
    [InlineData("""{"weights": "a", "layers": [], "zzz": 1}""", "zzz")]
    [InlineData("""{"weights": "a", "layers": [{}], "input": {"zzz": 1}}""", "input.zzz")]
    public void Schema_MembersAround_AreThoseRead(string json, string member)
    {
        JsonElement schema = member == "zzz" ? s_schema.Value : s_schema.Value.GetProperty("properties").GetProperty("input");
        ImportException refusal = Refusal(json);
        Assert.Equal(member, refusal.Attribute);
        Assert.Equal(Known(refusal), Names(schema));
    }

    [Theory]
    [InlineData("dense", "activation")]
    [InlineData("conv1d", "activation")]
    [InlineData("activation", "activation")]
    [InlineData("lstm", "activation")]
    [InlineData("gru", "recurrent_activation")]
    [InlineData("rnn", "activation")]
    [InlineData("gru", "format")]
    [InlineData("lstm", "returns")]
    public void Schema_Choices_AreThoseRead(string type, string member)
    {
        JsonElement choices = s_schema.Value.GetProperty("$defs").GetProperty(type).GetProperty("properties").GetProperty(member).GetProperty("enum");
        ImportException refusal = Refusal(DescribedModel.Describe("pytorch", 1, $$"""{"type": "{{type}}", "{{member}}": "zzz"}"""));
        Assert.Contains($": must be one of {string.Join(", ", choices.EnumerateArray().Select(choice => choice.GetString()))}, not \"zzz\"", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Schema_RequiredMembers_AreMissed(string type)
    {
        string? required = s_schema.Value.GetProperty("$defs").GetProperty(type).GetProperty("required").EnumerateArray().Select(name => name.GetString()).ElementAtOrDefault(1);
        using DescribedModel model = new(Describe(type, ""), new WeightsWriter().ToBytes());
        ImportException? refusal = Record.Exception(() => ModelSource.Open(model.Path)) as ImportException;
        bool isMissed = refusal?.Message.EndsWith("is missing; model.schema.json says what belongs here", StringComparison.Ordinal) ?? false;
        Assert.Equal(required, isMissed ? refusal!.Attribute : null);
    }

    private static string Describe(string type, string more) =>
        DescribedModel.Describe("pytorch", 1, $$"""{"type": "{{type}}"{{more}}}""").Replace(", 1]", type == "embedding" ? "]" : ", 1]", StringComparison.Ordinal);

    private static ImportException Refusal(string json)
    {
        using DescribedModel model = new(json, new WeightsWriter().ToBytes());
        return Assert.Throws<ImportException>(() => ModelSource.Open(model.Path));
    }

    private static string[] Known(ImportException refusal)
    {
        const string head = ": is unknown here. Known are: ";
        Assert.Contains(head, refusal.Message, StringComparison.Ordinal);
        return [.. refusal.Message.Split(head)[1].Split(", ").Order(StringComparer.Ordinal)];
    }

    private static string[] Names(JsonElement schema) => [.. schema.GetProperty("properties").EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal)];

    private static JsonElement Load()
    {
        using Stream? stream = typeof(ModelSource).Assembly.GetManifestResourceStream("model.schema.json");
        Assert.NotNull(stream);
        return JsonDocument.Parse(stream).RootElement;
    }
}
