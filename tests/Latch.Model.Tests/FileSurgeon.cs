using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Latch.Model.Tests;

/// <summary>Opens a good file as JSON and data, lets a test break one thing, and closes it again so that everything else still fits.</summary>
internal sealed class FileSurgeon
{
    internal FileSurgeon(ModelDefinition model)
    {
        byte[] file = ModelWriter.ToBytes(model);
        int start = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        Header = JsonNode.Parse(Encoding.UTF8.GetString(file, 8, start - 8))!.AsObject();
        Data = file[start..];
        using ZLibStream zlib = new(new MemoryStream(Convert.FromBase64String((string)Metadata["definition"]!)), CompressionMode.Decompress);
        Definition = JsonNode.Parse(zlib)!.AsObject();
    }

    internal JsonObject Header { get; }

    internal JsonObject Metadata => Header["__metadata__"]!.AsObject();

    internal JsonObject Definition { get; }

    internal JsonObject Plan => Definition["sequence"]!.AsObject();

    internal JsonObject Layer => Definition["layers"]![0]!.AsObject();

    internal byte[] Data { get; set; }

    /// <summary>Replaces the definition's text at the very end.</summary>
    internal string? DefinitionText { get; set; }

    /// <summary>Works on the header's text at the very end.</summary>
    internal Func<string, string> EditHeader { get; set; } = static text => text;

    /// <summary>Works on the file at the very end.</summary>
    internal Func<byte[], byte[]> EditFile { get; set; } = static file => file;

    internal bool KeepChecksum { get; set; }

    internal JsonObject Operation(string kind) => Plan["operations"]!.AsArray().Select(static node => node!.AsObject()).First(node => (string?)node["op"] == kind);

    internal JsonObject Tensor(int index) => Plan["tensors"]![index]!.AsObject();

    internal static string Compress(string text)
    {
        using MemoryStream compressed = new();
        using (ZLibStream zlib = new(compressed, CompressionLevel.Fastest, leaveOpen: true))
            zlib.Write(Encoding.UTF8.GetBytes(text));
        return Convert.ToBase64String(compressed.ToArray());
    }

    internal byte[] Close()
    {
        if (Metadata.ContainsKey("definition"))
            Metadata["definition"] = DefinitionText ?? Compress(Definition.ToJsonString());
        if (!KeepChecksum && Metadata.ContainsKey("sha256"))
            Metadata["sha256"] = Convert.ToHexStringLower(SHA256.HashData(Data));
        byte[] header = Encoding.UTF8.GetBytes(EditHeader(Header.ToJsonString()));
        int length = header.Length + (-(8 + header.Length) & 63);
        byte[] file = new byte[8 + length + Data.Length];
        BinaryPrimitives.WriteInt64LittleEndian(file, length);
        file.AsSpan(8, length).Fill((byte)' ');
        header.CopyTo(file, 8);
        Data.CopyTo(file, 8 + length);
        return EditFile(file);
    }
}
