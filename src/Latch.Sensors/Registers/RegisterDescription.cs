using Latch.Sensors.Definitions;

namespace Latch.Sensors.Registers;

/// <summary>A value to write to a register, and how long to wait afterwards.</summary>
/// <param name="Address">The register.</param>
/// <param name="Width">Bits, 8 to 32; 0 only waits.</param>
/// <param name="Value">What is written, in the device's byte order.</param>
/// <param name="DelayMilliseconds">Wait after the write.</param>
internal sealed record RegisterWrite(int Address, int Width, uint Value, int DelayMilliseconds);

/// <summary>A register whose value tells that the device is the one meant.</summary>
internal sealed record RegisterIdentity(int Address, int Width, uint Mask, uint Value);

/// <summary>A register that tells that there is a sample which was not read yet.</summary>
/// <param name="Address">The register.</param>
/// <param name="Width">Bits, 8 to 32.</param>
/// <param name="Mask">There is a sample while one of these bits is set.</param>
/// <param name="TimeoutMilliseconds">Longest wait for a sample.</param>
internal sealed record RegisterReady(int Address, int Width, uint Mask, int TimeoutMilliseconds);

/// <summary>A register that is a channel: reading = (bits of the register) * scale + offset.</summary>
/// <param name="Name">Channel name.</param>
/// <param name="Address">Its first byte.</param>
/// <param name="Bytes">1 to 4.</param>
/// <param name="BigEndian">Whether the first byte is the most significant.</param>
/// <param name="Signed">Whether the bits are two's complement.</param>
/// <param name="Shift">Bits dropped at the low end.</param>
/// <param name="Bits">Bits kept after that.</param>
/// <param name="Scale">Unit per step.</param>
/// <param name="Offset">Unit at zero.</param>
/// <param name="Unit">Unit of the reading.</param>
/// <param name="Before">Written before each read; null for none.</param>
internal sealed record RegisterChannel(
    string Name, int Address, int Bytes, bool BigEndian, bool Signed, int Shift, int Bits, double Scale, double Offset, string Unit, RegisterWrite? Before)
{
    /// <summary>The reading that the register's bytes stand for.</summary>
    internal float Decode(ReadOnlySpan<byte> bytes)
    {
        ulong raw = 0;
        for (int i = 0; i < bytes.Length; i++)
            raw = (raw << 8) | bytes[BigEndian ? i : bytes.Length - 1 - i];
        raw = (raw >> Shift) & ((1UL << Bits) - 1);
        long value = (long)raw;
        if (Signed && (raw >> (Bits - 1)) != 0)
            value -= 1L << Bits;
        return (float)((value * Scale) + Offset);
    }
}

/// <summary>A device with registers: how to know it, set it up and read it.</summary>
internal sealed record RegisterDescription
{
    internal required string Name { get; init; }

    /// <summary>I2C address; -1 when the description has none.</summary>
    internal required int Address { get; init; }

    /// <summary>Bytes of a register's address on I2C.</summary>
    internal required int PointerBytes { get; init; }

    /// <summary>Whether a read goes on to the next register.</summary>
    internal required bool Burst { get; init; }

    internal required bool BigEndian { get; init; }

    internal required SpiFigures Spi { get; init; }

    internal RegisterIdentity? Identity { get; init; }

    /// <summary>What a read waits for; null to read at once.</summary>
    internal RegisterReady? Ready { get; init; }

    internal required RegisterWrite[] Init { get; init; }

    internal required RegisterChannel[] Registers { get; init; }

    /// <summary>Reads a description: a file's, where the address is only the usual one, or one inside a definition.</summary>
    internal static RegisterDescription Read(DefinitionReader reader, bool spi, bool inFile)
    {
        bool big = Endian(reader, true);
        int pointerBytes = spi ? 1 : (int)reader.Integer("pointerBytes", 1, 2, fallback: 1);
        int largest = pointerBytes == 1 ? 0xFF : 0xFFFF;
        RegisterDescription description = new()
        {
            Name = reader.Text("name", "device")!,
            Address = spi ? -1 : (int)reader.Integer("address", 0x03, 0x77, inFile ? -1 : null),
            PointerBytes = pointerBytes,
            Burst = reader.Flag("burst", true),
            BigEndian = big,
            Spi = spi ? SpiFigures.Read(reader) : default,
            Identity = reader.Object("identity") is { } identity ? ReadIdentity(identity, largest) : null,
            Ready = reader.Object("ready") is { } ready ? ReadReady(ready, largest) : null,
            Init = [.. reader.Objects("init").Select(write => ReadWrite(write, largest))],
            Registers = [.. reader.Objects("registers").Select(register => ReadRegister(register, big, largest))],
        };
        if (description.Registers.Length == 0)
            reader.Fault("registers", "at least one register is needed.");
        foreach (IGrouping<string, RegisterChannel> twice in description.Registers.GroupBy(register => register.Name).Where(group => group.Count() > 1))
            reader.Fault("registers", $"two registers are named '{twice.Key}'.");
        return description;
    }

    private static bool Endian(DefinitionReader reader, bool fallback) => reader.Choice("endian", fallback, ("big", true), ("little", false));

    private static int Width(DefinitionReader reader, int fallback)
    {
        int width = (int)reader.Integer("width", 8, 32, fallback);
        if (width % 8 != 0)
            reader.Fault("width", $"{width} is not one of 8, 16, 24, 32.");
        return width;
    }

    private static RegisterIdentity ReadIdentity(DefinitionReader reader, int largest)
    {
        int width = Width(reader, 8);
        long all = (1L << width) - 1;
        RegisterIdentity identity = new((int)reader.Integer("address", 0, largest), width, (uint)reader.Integer("mask", 1, all, all), (uint)reader.Integer("value", 0, all));
        if ((identity.Value & ~identity.Mask) != 0)
            reader.Fault("value", "has bits that the mask leaves out.");
        reader.Finish();
        return identity;
    }

    private static RegisterReady ReadReady(DefinitionReader reader, int largest)
    {
        int width = Width(reader, 8);
        RegisterReady ready = new(
            (int)reader.Integer("address", 0, largest), width, (uint)reader.Integer("mask", 1, (1L << width) - 1), (int)reader.Integer("timeoutMs", 1, 86_400_000, fallback: 5000));
        reader.Finish();
        return ready;
    }

    private static RegisterWrite ReadWrite(DefinitionReader reader, int largest)
    {
        int delay = (int)reader.Integer("delayMs", 0, 60_000, fallback: 0);
        int width = Width(reader, 8);
        bool waits = delay > 0 && !reader.Has("address") && !reader.Has("value");
        RegisterWrite write = waits
            ? new(0, 0, 0, delay)
            : new((int)reader.Integer("address", 0, largest), width, (uint)reader.Integer("value", 0, (1L << width) - 1), delay);
        reader.Finish();
        return write;
    }

    private static RegisterChannel ReadRegister(DefinitionReader reader, bool big, int largest)
    {
        int width = Width(reader, 8);
        int shift = (int)reader.Integer("shift", 0, width - 1, fallback: 0);
        int bits = (int)reader.Integer("bits", 1, width - shift, fallback: width - shift);
        RegisterChannel register = new(
            reader.RequiredText("name"), (int)reader.Integer("address", 0, largest), width / 8, Endian(reader, big), reader.Flag("signed"), shift, bits,
            reader.Number("scale", 1), reader.Number("offset", 0), reader.Text("unit", "")!, reader.Object("before") is { } before ? ReadWrite(before, largest) : null);
        reader.Finish();
        return register;
    }
}

/// <summary>What SPI needs besides registers.</summary>
/// <param name="Mode">Clock polarity and phase, 0 to 3.</param>
/// <param name="Clock">Hz.</param>
/// <param name="ReadBit">Set in the first byte of a read.</param>
/// <param name="MultiByteBit">Set in the first byte of a transfer of several values.</param>
internal readonly record struct SpiFigures(int Mode, int Clock, byte ReadBit, byte MultiByteBit)
{
    internal static SpiFigures Read(DefinitionReader reader) => new(
        (int)reader.Integer("mode", 0, 3, fallback: 0),
        (int)reader.Integer("clock", 1_000, 100_000_000, fallback: 1_000_000),
        (byte)reader.Integer("readBit", 0, 0xFF, fallback: 0x80),
        (byte)reader.Integer("multiByteBit", 0, 0xFF, fallback: 0));
}
