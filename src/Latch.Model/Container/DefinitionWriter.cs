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

    // The members that may be missing are not written when there is nothing in them: files without them are older than they are.
    private static bool IsOptional(JsonPropertyInfo property)
    {
        if (property.PropertyType == typeof(IReadOnlyList<PlanState>))
            property.ShouldSerialize = static (_, states) => states is IReadOnlyList<PlanState> { Count: > 0 };
        else if (property.DeclaringType == typeof(Provenance) && property.PropertyType == typeof(IReadOnlyList<string>))
            property.ShouldSerialize = static (_, reasons) => reasons is not null;
        else if (property.DeclaringType == typeof(RecurrentOperation) && property.PropertyType == typeof(bool))
            property.ShouldSerialize = static (_, startsAnew) => startsAnew is true;
        else
            return false;
        return true;
    }

    // Computed properties are not stored; every other stored one must be present, so no default is ever filled in silently.
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
