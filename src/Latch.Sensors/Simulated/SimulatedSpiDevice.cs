using System.Device.Spi;

namespace Latch.Sensors.Simulated;

/// <summary>A chip on SPI that is a register file: the first byte names the register and says whether it is read.</summary>
/// <param name="registers">The chip.</param>
/// <param name="settings">Bus and chip select; they only appear in messages.</param>
/// <param name="readBit">Bit of the first byte that says read.</param>
/// <param name="multiByteBit">Bit of the first byte without which a transfer stays with its register; 0: it always goes on.</param>
public sealed class SimulatedSpiDevice(RegisterFile registers, SpiConnectionSettings? settings = null, byte readBit = 0x80, byte multiByteBit = 0) : SpiDevice
{
    /// <inheritdoc/>
    public override SpiConnectionSettings ConnectionSettings { get; } = settings ?? new(0, 0);

    /// <inheritdoc/>
    public override void Read(Span<byte> buffer) => throw new NotSupportedException("A read without a register: use TransferFullDuplex.");

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (buffer.Length > 1 && (buffer[0] & readBit) == 0)
            registers.Write(Register(buffer[0]), buffer[1..(GoesOn(buffer[0]) ? buffer.Length : 2)]);
    }

    /// <inheritdoc/>
    public override void TransferFullDuplex(ReadOnlySpan<byte> writeBuffer, Span<byte> readBuffer)
    {
        if (writeBuffer.Length != readBuffer.Length)
            throw new ArgumentException("Both buffers must have the same length.", nameof(readBuffer));
        readBuffer.Clear();
        if ((writeBuffer[0] & readBit) == 0)
        {
            Write(writeBuffer);
            return;
        }

        registers.Read(Register(writeBuffer[0]), readBuffer[1..]);
        if (!GoesOn(writeBuffer[0]))
            readBuffer[1..].Fill(readBuffer[1]);
    }

    private bool GoesOn(byte head) => multiByteBit == 0 || (head & multiByteBit) != 0;

    private int Register(byte head) => head & ~(readBit | multiByteBit);
}
