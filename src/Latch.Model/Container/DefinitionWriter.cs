using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Latch.Model.Container;

/// <summary>Writes the definition as text of the header: base64 of zlib of JSON.</summary>
internal static class DefinitionWriter
{
    /// <summary>What the serializer knows of a document. Setting it up takes longer than reading a model: nothing that reads may come here.</summary>
    internal static JsonTypeInfo<DefinitionDocument> Type { get; } = CreateType();

    internal static string Encode(ModelDefinition model)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(DefinitionDocument.Of(model), Type);
        using MemoryStream compressed = new();
        using (ZLibStream zlib = new(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
            zlib.Write(json);
        return Convert.ToBase64String(compressed.GetBuffer(), 0, (int)compressed.Length);
    }

    // The one property that may be missing is not written when it is null: files without it are older than it is.
    private static bool IsOptional(JsonPropertyInfo property)
    {
        bool optional = property.DeclaringType == typeof(Provenance) && property.PropertyType == typeof(IReadOnlyList<string>);
        if (optional)
            property.ShouldSerialize = static (_, value) => value is not null;
        return optional;
    }

    // Computed properties are not stored; every stored one must be present, so no default is ever filled in silently.
    private static JsonTypeInfo<DefinitionDocument> CreateType()
    {
        JsonSerializerOptions options = new(DefinitionJsonContext.Default.Options)
        {
            TypeInfoResolver = DefinitionJsonContext.Default.WithAddedModifier(static type =>
            {
                for (int i = type.Properties.Count - 1; i >= 0; i--)
                {
                    if (type.Properties[i].Set is null)
                        type.Properties.RemoveAt(i);
                    else
                        type.Properties[i].IsRequired = !IsOptional(type.Properties[i]);
                }
            }),
        };
        options.MakeReadOnly();
        return (JsonTypeInfo<DefinitionDocument>)options.GetTypeInfo(typeof(DefinitionDocument));
    }
}
