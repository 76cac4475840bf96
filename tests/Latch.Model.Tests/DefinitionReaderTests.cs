using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Latch.Model.Container;

namespace Latch.Model.Tests;

/// <summary>The reader by hand against the framework's serializer, which knows the definition from its types alone.</summary>
public sealed class DefinitionReaderTests
{
    private const int Models = 30;

    private const string Structure = "{}[]\",:0123456789.eE-+ntf\\u";

    private static readonly JsonNode?[] s_values =
    [
        null, 0, -1, 1.5, 1e10, 1e300, true, "", "Int8", "\ud83d\ude00", new JsonArray(), new JsonArray(1, null), new JsonArray("x"), new JsonObject(), new JsonObject { ["1"] = "x" }, new JsonObject { ["kind"] = 3 },
    ];

    [Fact]
    public void Read_EveryMemberReplacedRemovedOrAdded_AgreesWithTheSerializer()
    {
        for (int seed = 0; seed < Models; seed++)
        {
            string text = Write(ModelBuilder.Random(seed));
            int nodes = Nodes(JsonNode.Parse(text)!).Count();
            for (int node = seed % 5; node < nodes; node += 5)
            {
                foreach (JsonNode? value in s_values)
                    AssertAgrees(Edit(text, node, target => target.ReplaceWith(value?.DeepClone())));
                AssertAgrees(Edit(text, node, static target => _ = target.Parent is JsonObject parent && parent.Remove(target.GetPropertyName())));
                AssertAgrees(Edit(text, node, static target => (target as JsonObject)?.Add("more", 1)));
            }
        }
    }

    [Fact]
    public void Read_RandomDamage_AgreesWithTheSerializer()
    {
        Random random = new(9);
        for (int attempt = 0; attempt < 4000; attempt++)
        {
            byte[] text = Encoding.UTF8.GetBytes(Write(ModelBuilder.Random(attempt % Models)));
            for (int flips = random.Next(1, 3); flips > 0; flips--)
                text[random.Next(text.Length)] = (byte)(random.Next(4) == 0 ? random.Next(256) : Structure[random.Next(Structure.Length)]);
            AssertAgrees(text);
        }
    }

    [Fact]
    public void Read_MembersInAnyOrder_GivesTheSame()
    {
        Random random = new(10);
        for (int seed = 0; seed < Models; seed++)
        {
            string text = Write(ModelBuilder.Random(seed));
            string shuffled = Shuffle(JsonNode.Parse(text)!, random)!.ToJsonString();
            Assert.NotEqual(text, shuffled);
            Assert.Equal(text, Write(DefinitionReader.Read(Encoding.UTF8.GetBytes(shuffled))!));
        }
    }

    [Theory]
    [InlineData("\"shift\":20", "\"shift\":20,\"shift\":20")]
    [InlineData("\"reverse\":", "\"name\":\"twin\",\"reverse\":")]
    [InlineData("\"op\":", "\"op\":\"dense\",\"op\":")]
    [InlineData("\"sqnr_db\":", "\"sqnr_db\":1,\"sqnr_db\":")]
    [InlineData("\"constantTensors\":{", "\"constantTensors\":{\"01\":\"x\",")]
    [InlineData("\"inputSize\"", "\"InputSize\"")]
    [InlineData("\"kind\":\"Lstm\"", "\"kind\":\"LSTM-2\"")]
    public void Read_TwiceOrUnknown_IsRefusedAsByTheSerializer(string part, string broken)
    {
        string text = Write(ModelBuilder.Lstm());
        Assert.Contains(part, text, StringComparison.Ordinal);
        byte[] damaged = Encoding.UTF8.GetBytes(text.Replace(part, broken, StringComparison.Ordinal));
        AssertAgrees(damaged);
        Assert.ThrowsAny<JsonException>(() => DefinitionReader.Read(damaged));
    }

    [Fact]
    public void Read_EveryKind_HasTheSerializersName()
    {
        AssertNames<ElementType>("\"type\":\"Int8\"", "type");
        AssertNames<CellKind>("\"kind\":\"Lstm\"", "kind");
        AssertNames<ActivationKind>("\"kind\":\"Sigmoid\"", "kind");
        AssertNames<ChannelTransform>("\"transform\":\"None\"", "transform");
        AssertNames<ElementwiseKind>("\"kind\":\"Mul\"", "kind", static () => new ModelBuilder(2, 1, 3).Elementwise(ElementwiseKind.Mul).Build());
        AssertNames<PoolKind>("\"kind\":\"Average\"", "kind", static () => new ModelBuilder(2, 1, 3).Pool(PoolKind.Average).Build());
        AssertNames<FunctionKind>("\"kind\":\"Log\"", "kind", static () => new ModelBuilder(2, 1, 3).Function(FunctionKind.Log).Build());
        AssertNames<ReduceKind>("\"kind\":\"SumSquare\"", "kind", static () => new ModelBuilder(2, 1, 3).Reduce(ReduceKind.SumSquare).Build());
    }

    private static void AssertNames<TEnum>(string part, string member, Func<ModelDefinition>? model = null)
        where TEnum : struct, Enum
    {
        string text = Write((model ?? ModelBuilder.Lstm)());
        Assert.Contains(part, text, StringComparison.Ordinal);
        foreach (string name in Enum.GetNames<TEnum>())
        {
            byte[] changed = Encoding.UTF8.GetBytes(text.Replace(part, $"\"{member}\":\"{name}\"", StringComparison.Ordinal));
            AssertAgrees(changed);
            Assert.NotNull(DefinitionReader.Read(changed));
        }
    }

    private static void AssertAgrees(byte[] json)
    {
        string? expected = Outcome(json, static json => JsonSerializer.Deserialize(json, DefinitionWriter.Type));
        string? actual = Outcome(json, static json => DefinitionReader.Read(json));
        Assert.True(expected == actual, $"{Encoding.UTF8.GetString(json)}\nserializer: {expected ?? "refuses"}\nreader: {actual ?? "refuses"}");
    }

    // What was read, written again; null when it was refused.
    private static string? Outcome(byte[] json, Func<byte[], DefinitionDocument?> read)
    {
        try
        {
            return Write(read(json));
        }
        catch (Exception refused) when (refused is JsonException or InvalidOperationException or NotSupportedException)
        {
            return null;
        }
        catch (ArgumentException)
        {
            return "reads an infinite number, which cannot be written again; a rule refuses it";
        }
    }

    private static string Write(ModelDefinition model) => Write(DefinitionDocument.Of(model));

    private static string Write(DefinitionDocument? document) => JsonSerializer.Serialize(document!, DefinitionWriter.Type);

    private static byte[] Edit(string text, int index, Action<JsonNode> edit)
    {
        JsonNode root = JsonNode.Parse(text)!;
        JsonNode target = Nodes(root).ElementAt(index);
        if (target.Parent is not null)
            edit(target);
        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }

    private static IEnumerable<JsonNode> Nodes(JsonNode node)
    {
        yield return node;
        IEnumerable<JsonNode?> children = node switch { JsonObject members => members.Select(static member => member.Value), JsonArray list => list, _ => [] };
        foreach (JsonNode child in children.OfType<JsonNode>().SelectMany(Nodes))
            yield return child;
    }

    private static JsonNode? Shuffle(JsonNode? node, Random random)
    {
        if (node is JsonArray list)
            return new JsonArray([.. list.Select(element => Shuffle(element, random))]);
        if (node is not JsonObject members)
            return node?.DeepClone();
        KeyValuePair<string, JsonNode?>[] shuffled = [.. members.Select(member => KeyValuePair.Create(member.Key, Shuffle(member.Value, random)))];
        if (!shuffled.All(static member => int.TryParse(member.Key, out _) || member.Value is JsonValue { } value && value.GetValueKind() == JsonValueKind.Number && member.Key.Contains('_', StringComparison.Ordinal)))
            random.Shuffle(shuffled);
        return new JsonObject(shuffled);
    }
}
