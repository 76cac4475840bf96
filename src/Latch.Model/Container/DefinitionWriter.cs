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

    // Computed properties are not stored; every stored one must be present, so no default is ever filled in silently. Only the states of a plan are left out
    // where there are none.
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
                        type.Properties[i].IsRequired = type.Properties[i].PropertyType != typeof(IReadOnlyList<PlanState>);
                    if (i < type.Properties.Count && !type.Properties[i].IsRequired)
                        type.Properties[i].ShouldSerialize = static (_, states) => states is IReadOnlyList<PlanState> { Count: > 0 };
                }
            }),
        };
        options.MakeReadOnly();
        return (JsonTypeInfo<DefinitionDocument>)options.GetTypeInfo(typeof(DefinitionDocument));
    }
}
