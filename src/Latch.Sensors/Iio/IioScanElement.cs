using System.Buffers.Binary;
using System.Globalization;

namespace Latch.Sensors.Iio;

/// <summary>How a value lies in the buffer, as the kernel writes it: <c>[be|le]:[s|u]bits/storagebits[Xrepeat][>>shift]</c>.</summary>
/// <param name="BigEndian">Whether the first byte is the most significant.</param>
/// <param name="Signed">Whether the bits are two's complement.</param>
/// <param name="Bits">Bits that count.</param>
/// <param name="StorageBits">Bits it takes: 8, 16, 32 or 64.</param>
/// <param name="Repeat">Values in a row.</param>
/// <param name="Shift">Bits to drop at the low end.</param>
internal readonly record struct IioScanElement(bool BigEndian, bool Signed, int Bits, int StorageBits, int Repeat, int Shift)
{
    /// <summary>Bytes of one value.</summary>
    internal int ValueBytes => StorageBits / 8;

    /// <summary>Bytes of all values; also what the element is aligned to.</summary>
    internal int Bytes => ValueBytes * Repeat;

    /// <summary>Parses the text of a <c>_type</c> file; false when it is of another form.</summary>
    internal static bool TryParse(ReadOnlySpan<char> text, out IioScanElement element)
    {
        element = default;
        bool big = text.StartsWith("be:", StringComparison.Ordinal);
        if (text.Length < 4 || (!big && !text.StartsWith("le:", StringComparison.Ordinal)) || text[3] is not ('s' or 'u'))
            return false;
        bool signed = text[3] == 's';
        ReadOnlySpan<char> rest = text[4..];
        if (!Number(ref rest, "", out int bits) || !Number(ref rest, "/", out int storage))
            return false;
        int repeat = 1;
        int shift = 0;
        if ((rest.StartsWith("X", StringComparison.Ordinal) && !Number(ref rest, "X", out repeat)) || (!rest.IsEmpty && !Number(ref rest, ">>", out shift)) || !rest.IsEmpty)
            return false;
        element = new(big, signed, bits, storage, repeat, shift);
        return storage is 8 or 16 or 32 or 64 && bits > 0 && repeat is > 0 and <= 64 && bits + shift <= storage;
    }

    /// <summary>The value in the first bytes, in steps.</summary>
    internal long Decode(ReadOnlySpan<byte> bytes)
    {
        ulong raw = StorageBits switch
        {
            8 => bytes[0],
            16 => BigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            32 => BigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            _ => BigEndian ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        };
        int unused = 64 - Bits;
        raw = (raw >> Shift) << unused;
        return Signed ? (long)raw >> unused : (long)(raw >> unused);
    }

    private static bool Number(ref ReadOnlySpan<char> rest, string before, out int number)
    {
        number = 0;
        if (!rest.StartsWith(before, StringComparison.Ordinal))
            return false;
        rest = rest[before.Length..];
        int end = rest.IndexOfAnyExceptInRange('0', '9');
        ReadOnlySpan<char> digits = end < 0 ? rest : rest[..end];
        rest = rest[digits.Length..];
        return digits.Length <= 3 && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
