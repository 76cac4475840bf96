namespace Latch.Mqtt.Queue;

/// <summary>CRC-32 as in Ethernet and zip.</summary>
internal static class Crc32
{
    private static readonly uint[] s_table = [.. Enumerable.Range(0, 256).Select(static index => Row((uint)index))];

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
            crc = (crc >> 8) ^ s_table[(byte)(crc ^ value)];
        return ~crc;
    }

    private static uint Row(uint value)
    {
        for (int bit = 0; bit < 8; bit++)
            value = (value & 1) != 0 ? (value >> 1) ^ 0xEDB88320 : value >> 1;
        return value;
    }
}
