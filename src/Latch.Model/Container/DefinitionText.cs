using System.IO.Compression;
using System.Text.Json;

namespace Latch.Model.Container;

/// <summary>Reads the definition from the text of the header: base64 of zlib of JSON.</summary>
internal static class DefinitionText
{
    /// <exception cref="ModelFormatException">The text is not a definition.</exception>
    internal static DefinitionDocument Decode(string text, string source)
    {
        string where = $"{source}: definition";
        try
        {
            byte[] compressed = Convert.FromBase64String(text);
            return DefinitionReader.Read(Inflate(compressed, where))
                ?? throw new ModelFormatException(ModelFormatCode.Definition, where, "It is null.");
        }
        catch (Exception cause) when (cause is FormatException or InvalidDataException)
        {
            throw new ModelFormatException(ModelFormatCode.Definition, where, "It is not base64 of zlib-compressed text.", cause);
        }
        catch (Exception cause) when (cause is JsonException or InvalidOperationException)
        {
            string problem = cause.Message.ReplaceLineEndings(" ");
            throw new ModelFormatException(ModelFormatCode.Definition, where, $"It is not the expected JSON: {problem}", cause);
        }
    }

    // Counts before it allocates: text may grow at most 32 times (and 64 KiB for the small ones), so that a few bytes cannot ask for much memory.
    private static byte[] Inflate(byte[] compressed, string where)
    {
        long limit = Math.Min(Format.MaxDefinitionBytes, 65536 + (32L * compressed.Length));
        Span<byte> scratch = stackalloc byte[4096];
        int length = 0;
        using (ZLibStream counting = new(new MemoryStream(compressed), CompressionMode.Decompress))
        {
            for (int read; (read = counting.Read(scratch)) > 0;)
            {
                length += read;
                if (length > limit)
                    throw new ModelFormatException(ModelFormatCode.TooLarge, where, $"Its JSON is longer than {limit} bytes.");
            }
        }
        byte[] json = new byte[length];
        using ZLibStream zlib = new(new MemoryStream(compressed), CompressionMode.Decompress);
        zlib.ReadExactly(json);
        return json;
    }
}
