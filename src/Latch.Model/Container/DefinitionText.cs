using System.IO.Compression;
using System.Text.Json;

namespace Latch.Model.Container;

/// <summary>Reads the definition from the text of the header: base64 of zlib of JSON.</summary>
internal static class DefinitionText
{
    private const int FirstBytes = 1 << 14;

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

    // Most definitions fit the first buffer. A longer one is counted before its memory is allocated: text may grow at most 32 times (and 64 KiB for the
    // small ones), so that a few bytes cannot ask for much.
    private static ReadOnlySpan<byte> Inflate(byte[] compressed, string where)
    {
        long limit = Math.Min(Format.MaxDefinitionBytes, 65536 + (32L * compressed.Length));
        byte[] first = new byte[FirstBytes];
        int length;
        using (ZLibStream counting = new(new MemoryStream(compressed), CompressionMode.Decompress))
        {
            length = counting.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
            if (length < first.Length)
                return first.AsSpan(0, length);
            for (int read; (read = counting.Read(first)) > 0;)
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
