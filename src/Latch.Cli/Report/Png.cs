using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Latch.Cli.Report;

/// <summary>Writes an image of one palette index per pixel as PNG (8-bit palette, no interlace).</summary>
internal static class Png
{
    private static readonly byte[] s_signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];
    private static readonly uint[] s_crc = [.. Enumerable.Range(0, 256).Select(CrcEntry)];

    /// <summary>Encodes the image as a <c>data:</c> address.</summary>
    /// <param name="indices">One palette index per pixel, row by row.</param>
    /// <param name="width">Pixels per row.</param>
    /// <param name="palette">256 colours, three bytes each.</param>
    public static string DataUri(ReadOnlySpan<byte> indices, int width, ReadOnlySpan<byte> palette) =>
        "data:image/png;base64," + Convert.ToBase64String(Encode(indices, width, palette));

    /// <summary>Encodes the image; parameters as <see cref="DataUri"/>.</summary>
    public static byte[] Encode(ReadOnlySpan<byte> indices, int width, ReadOnlySpan<byte> palette)
    {
        using MemoryStream file = new();
        file.Write(s_signature);
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), indices.Length / width);
        header[8] = 8;
        header[9] = 3;
        WriteChunk(file, "IHDR", header);
        WriteChunk(file, "PLTE", palette);
        WriteChunk(file, "IDAT", Compress(indices, width));
        WriteChunk(file, "IEND", []);
        return file.ToArray();
    }

    private static byte[] Compress(ReadOnlySpan<byte> indices, int width)
    {
        using MemoryStream data = new();
        using (ZLibStream zlib = new(data, CompressionLevel.SmallestSize))
        {
            for (int start = 0; start < indices.Length; start += width)
            {
                zlib.WriteByte(0);
                zlib.Write(indices.Slice(start, width));
            }
        }

        return data.ToArray();
    }

    private static void WriteChunk(Stream file, string type, ReadOnlySpan<byte> data)
    {
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. data];
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(body);
        uint crc = uint.MaxValue;
        foreach (byte value in body)
            crc = s_crc[(byte)(crc ^ value)] ^ (crc >> 8);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~crc);
        file.Write(number);
    }

    private static uint CrcEntry(int index)
    {
        uint value = (uint)index;
        for (int bit = 0; bit < 8; bit++)
            value = (value & 1) == 1 ? 0xEDB88320 ^ (value >> 1) : value >> 1;
        return value;
    }
}
