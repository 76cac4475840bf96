using System.Text.Json;

namespace Latch.Model.Container;

/// <summary>The JSON header of the container, read token by token: nothing is allocated by a number found in it.</summary>
internal sealed class Header
{
    private readonly string _source;

    private Header(string source) => _source = source;

    internal Dictionary<string, string> Metadata { get; } = [];

    internal List<TensorEntry> Tensors { get; } = [];

    /// <exception cref="ModelFormatException">The bytes are not a header.</exception>
    internal static Header Parse(ReadOnlySpan<byte> json, string source)
    {
        Header header = new(source);
        try
        {
            Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = 4 });
            header.ReadRoot(ref reader);
        }
        catch (Exception cause) when (cause is JsonException or InvalidOperationException or FormatException)
        {
            throw new ModelFormatException(ModelFormatCode.HeaderJson, $"{source}: header", $"It is not the expected JSON: {cause.Message}", cause);
        }
        return header;
    }

    private void ReadRoot(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartObject);
        HashSet<string> names = [];
        bool hasMetadata = false;
        while (NextProperty(ref reader, out string name))
        {
            if (!names.Add(name))
                throw Error(ModelFormatCode.Duplicate, $"The name '{name}' occurs twice.");
            if (name == Format.Metadata)
            {
                hasMetadata = true;
                ReadMetadata(ref reader);
            }
            else
            {
                Tensors.Add(ReadTensor(ref reader, name));
            }
        }
        if (reader.Read() || !hasMetadata)
            throw Error(ModelFormatCode.NotLatch, "It has no __metadata__.");
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartObject);
        while (NextProperty(ref reader, out string key))
        {
            Expect(ref reader, JsonTokenType.String);
            if (!Metadata.TryAdd(key, reader.GetString()!))
                throw Error(ModelFormatCode.Duplicate, $"The key '{key}' occurs twice in __metadata__.");
        }
    }

    private TensorEntry ReadTensor(ref Utf8JsonReader reader, string name)
    {
        Expect(ref reader, JsonTokenType.StartObject);
        ElementType? type = null;
        List<int>? shape = null;
        (long Begin, long End)? range = null;
        while (NextProperty(ref reader, out string key))
        {
            bool first = key switch
            {
                "dtype" => Set(ref type, ReadType(ref reader, name)),
                "shape" => Set(ref shape, ReadShape(ref reader, name)),
                "data_offsets" => Set(ref range, ReadRange(ref reader)),
                _ => throw Error(ModelFormatCode.HeaderKey, $"Tensor '{name}' has the unknown key '{key}'."),
            };
            if (!first)
                throw Error(ModelFormatCode.Duplicate, $"Tensor '{name}' has the key '{key}' twice.");
        }
        if (type is null || shape is null || range is null)
            throw Error(ModelFormatCode.HeaderKey, $"Tensor '{name}' lacks dtype, shape or data_offsets.");
        return new TensorEntry(name, type.Value, shape, range.Value.Begin, range.Value.End);
    }

    private static bool Set<T>(ref T field, T value)
    {
        bool first = field is null;
        field = value;
        return first;
    }

    private ElementType? ReadType(ref Utf8JsonReader reader, string name)
    {
        Expect(ref reader, JsonTokenType.String);
        return reader.GetString() switch
        {
            "I8" => ElementType.Int8,
            "I16" => ElementType.Int16,
            "I32" => ElementType.Int32,
            string other => throw Error(ModelFormatCode.ElementType, $"Tensor '{name}' has the element type '{other}', not I8, I16 or I32."),
            null => throw Error(ModelFormatCode.ElementType, $"Tensor '{name}' has no element type."),
        };
    }

    private List<int> ReadShape(ref Utf8JsonReader reader, string name)
    {
        Expect(ref reader, JsonTokenType.StartArray);
        List<int> shape = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.Number)
        {
            if (!reader.TryGetInt32(out int dimension) || dimension < 1 || shape.Count == Format.MaxRank)
                throw Error(ModelFormatCode.Shape, $"Tensor '{name}' needs at most {Format.MaxRank} dimensions from 1 to {int.MaxValue}.");
            shape.Add(dimension);
        }
        return reader.TokenType == JsonTokenType.EndArray ? shape : throw Unexpected(reader.TokenType, JsonTokenType.Number);
    }

    private (long Begin, long End)? ReadRange(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartArray);
        Expect(ref reader, JsonTokenType.Number);
        long begin = reader.GetInt64();
        Expect(ref reader, JsonTokenType.Number);
        long end = reader.GetInt64();
        Expect(ref reader, JsonTokenType.EndArray);
        return (begin, end);
    }

    private bool NextProperty(ref Utf8JsonReader reader, out string name)
    {
        bool isProperty = reader.Read() && reader.TokenType == JsonTokenType.PropertyName;
        if (!isProperty && reader.TokenType != JsonTokenType.EndObject)
            throw Unexpected(reader.TokenType, JsonTokenType.PropertyName);
        name = isProperty ? reader.GetString()! : "";
        return isProperty;
    }

    private void Expect(ref Utf8JsonReader reader, JsonTokenType expected)
    {
        if (!reader.Read() || reader.TokenType != expected)
            throw Unexpected(reader.TokenType, expected);
    }

    private ModelFormatException Unexpected(JsonTokenType actual, JsonTokenType expected) =>
        Error(ModelFormatCode.HeaderJson, $"It has {actual} where {expected} is expected.");

    private ModelFormatException Error(ModelFormatCode code, string problem) => new(code, $"{_source}: header", problem);
}
